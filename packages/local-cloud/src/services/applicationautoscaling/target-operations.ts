import { randomUUID } from 'node:crypto';
import { page } from '../../core/paging';
import { ServiceError } from '../../model/errors';
import type { Operations } from '../../core/service';
import { answer } from '../../core/answer';
import { parseVariant } from './endpoint-variant';
import { checkCapacities } from './limits';
import type { ScalingParts } from './parts';
import { fits, invalidToken, pageSize, targetKey, validation, type Target } from './state';

const MAX_TAGS = 50;
const UNSUSPENDED = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
};

/** Scalable targets and their limits. */
export function targetOperations(parts: ScalingParts): Operations<'applicationautoscaling'> {
  const { cloud, store, role, variants, scaler, book } = parts;
  const { targets } = store.data;

  function targetByArn(arn: string): Target {
    const target = Object.values(targets).find(({ described }) => described.ScalableTargetARN === arn);
    if (target) return target;
    throw new ServiceError('ResourceNotFoundException', `No scalable target has the ARN ${arn}.`);
  }

  return {
    async RegisterScalableTarget(request, call) {
      const { ServiceNamespace, ResourceId, ScalableDimension } = request;
      const { endpoint, variant } = parseVariant(request);
      const before = targets[targetKey(request)];
      const MinCapacity = request.MinCapacity ?? before?.described.MinCapacity;
      const MaxCapacity = request.MaxCapacity ?? before?.described.MaxCapacity;
      checkCapacities(MinCapacity, MaxCapacity);
      role.ensure(call);
      const { configName } = await variants.capacity({ endpoint, variant });
      role.validate(
        call,
        ['sagemaker:DescribeEndpoint', 'sagemaker:UpdateEndpointWeightsAndCapacities'],
        cloud.arn('sagemaker', `endpoint/${endpoint.toLowerCase()}`),
      );
      role.validate(
        call,
        ['sagemaker:DescribeEndpointConfig'],
        cloud.arn('sagemaker', `endpoint-config/${configName.toLowerCase()}`),
      );
      if (MinCapacity === 0 && !(await variants.isAsynchronous(configName))) {
        throw validation(
          `Minimum capacity must be at least 1 for ${ResourceId}: only an asynchronous endpoint can have no instance.`,
        );
      }
      const id = randomUUID().replaceAll('-', '');
      const target: Target = {
        described: {
          ScalableTargetARN: cloud.arn('application-autoscaling', `scalable-target/${id}`),
          CreationTime: new Date(cloud.clock.now()),
          ...before?.described,
          ...{ ServiceNamespace, ResourceId, ScalableDimension, MinCapacity, MaxCapacity },
          RoleARN: role.arn,
          SuspendedState: { ...UNSUSPENDED, ...before?.described.SuspendedState, ...request.SuspendedState },
        },
        tags: before?.tags ?? request.Tags ?? {},
        cooldowns: before?.cooldowns ?? {},
      };
      targets[targetKey(request)] = target;
      store.changed();
      await scaler.bound(target);
      return { ScalableTargetARN: target.described.ScalableTargetARN };
    },

    async DeregisterScalableTarget(request) {
      book.target(request);
      for (const policy of book.policiesOf(request)) await book.deletePolicy(policy);
      delete targets[targetKey(request)];
      store.changed();
      return {};
    },

    async DescribeScalableTargets({ ResourceIds, MaxResults, NextToken, ...id }) {
      const found = Object.values(targets)
        .map(({ described }) => described)
        .filter(fits(id))
        .filter(({ ResourceId }) => ResourceIds === undefined || ResourceIds.includes(ResourceId!));
      const { items, nextToken } = page(found, targetKey, pageSize(MaxResults), NextToken, invalidToken);
      return { ScalableTargets: items.map(answer), NextToken: nextToken };
    },

    async ListTagsForResource({ ResourceARN = '' }) {
      return { Tags: targetByArn(ResourceARN).tags };
    },

    async TagResource({ ResourceARN = '', Tags = {} }) {
      const target = targetByArn(ResourceARN);
      const tags = { ...target.tags, ...Tags };
      if (Object.keys(tags).length > MAX_TAGS) {
        throw new ServiceError('TooManyTagsException', `A scalable target has at most ${MAX_TAGS} tags.`);
      }
      target.tags = tags;
      store.changed();
      return {};
    },

    async UntagResource({ ResourceARN = '', TagKeys = [] }) {
      const target = targetByArn(ResourceARN);
      target.tags = Object.fromEntries(Object.entries(target.tags).filter(([key]) => !TagKeys.includes(key)));
      store.changed();
      return {};
    },
  };
}
