import type { ScalingPolicy } from '@aws-sdk/client-application-auto-scaling';
import { randomUUID } from 'node:crypto';
import { notSupported, ServiceError } from '../../model/errors';
import { page } from '../../core/paging';
import type { Operations } from '../../core/service';
import { answer } from '../../core/answer';
import { checkPolicy } from './limits';
import type { ScalingParts } from './parts';
import { fits, invalidToken, notFound, pageSize, validation } from './state';

const MAX_POLICIES = 50;

/** Scaling policies and scaling activities. */
export function policyOperations(parts: ScalingParts): Operations<'applicationautoscaling'> {
  const { cloud, store, role, alarms, book } = parts;
  const { policies } = store.data;

  return {
    async PutScalingPolicy(request, call) {
      const { PolicyName, ServiceNamespace, ResourceId, ScalableDimension } = request;
      checkPolicy(request);
      book.target(request);
      const others = book.policiesOf(request);
      const before = others.find((policy) => policy.PolicyName === PolicyName);
      const PolicyType = request.PolicyType ?? 'StepScaling';
      if (before && before.PolicyType !== PolicyType) {
        throw validation(
          `The policy ${PolicyName} is of the type ${before.PolicyType}, which cannot be changed to ${PolicyType}. Delete it first.`,
        );
      }
      if (!before && others.length >= MAX_POLICIES) {
        throw new ServiceError(
          'LimitExceededException',
          `${ResourceId} has ${MAX_POLICIES} scaling policies, as many as are allowed.`,
        );
      }
      const policy: ScalingPolicy = {
        PolicyARN: cloud.arn(
          'autoscaling',
          `scalingPolicy:${randomUUID()}:resource/${ServiceNamespace}/${ResourceId}:policyName/${PolicyName}`,
        ),
        CreationTime: new Date(cloud.clock.now()),
        Alarms: [],
        ...before,
        ...{ PolicyName, PolicyType, ServiceNamespace, ResourceId, ScalableDimension },
        ...(request.StepScalingPolicyConfiguration && {
          StepScalingPolicyConfiguration: request.StepScalingPolicyConfiguration,
        }),
        ...(request.TargetTrackingScalingPolicyConfiguration && {
          TargetTrackingScalingPolicyConfiguration: request.TargetTrackingScalingPolicyConfiguration,
        }),
      };
      if (PolicyType === 'TargetTrackingScaling') {
        role.validate(
          call,
          ['cloudwatch:PutMetricAlarm', 'cloudwatch:DescribeAlarms', 'cloudwatch:DeleteAlarms'],
          cloud.arn('cloudwatch', `alarm:TargetTracking-${ResourceId}-*`),
        );
        // The policy must exist when its alarms evaluate their metric.
        policies[policy.PolicyARN!] = policy;
        policy.Alarms = await alarms.put(policy);
      }
      policies[policy.PolicyARN!] = policy;
      store.changed();
      return { PolicyARN: policy.PolicyARN!, Alarms: policy.Alarms };
    },

    async DeleteScalingPolicy({ PolicyName, ...id }) {
      const policy = book.policiesOf(id).find((each) => each.PolicyName === PolicyName);
      if (!policy) throw notFound(`scaling policy found: ${PolicyName}`, id);
      await book.deletePolicy(policy);
      return {};
    },

    async DescribeScalingPolicies({ PolicyNames, MaxResults, NextToken, ...id }) {
      const found = Object.values(policies)
        .filter(fits(id))
        .filter(({ PolicyName }) => PolicyNames === undefined || PolicyNames.includes(PolicyName!));
      const key = ({ ResourceId, PolicyName }: ScalingPolicy) => `${ResourceId}|${PolicyName}`;
      const { items, nextToken } = page(found, key, pageSize(MaxResults), NextToken, invalidToken);
      return { ScalingPolicies: items.map(answer), NextToken: nextToken };
    },

    async DescribeScalingActivities({ MaxResults, NextToken, IncludeNotScaledActivities, ...id }) {
      if (IncludeNotScaledActivities) {
        throw notSupported('IncludeNotScaledActivities', 'Activities that scaled nothing are not kept.');
      }
      const found = store.data.activities.map(({ described }) => described).filter(fits(id));
      // The newest first; a page stays the same when newer activities are added.
      const numbered = found.map((activity, i) => ({
        activity,
        key: String(1_000_000 - (found.length - i)),
      }));
      const { items, nextToken } = page(
        numbered,
        ({ key }) => key,
        pageSize(MaxResults),
        NextToken,
        invalidToken,
      );
      return { ScalingActivities: items.map(({ activity }) => answer(activity)), NextToken: nextToken };
    },
  };
}
