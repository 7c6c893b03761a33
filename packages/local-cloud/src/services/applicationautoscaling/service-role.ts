import { Roles } from '../../access/roles';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Principal } from '../../core/principals';
import type { Caller } from '../../core/service';
import { validation } from './state';

const NAME = 'AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint';
const SERVICE = 'sagemaker.application-autoscaling.amazonaws.com';

/** AWS's managed policy AWSApplicationAutoscalingSageMakerEndpointPolicy. */
const POLICY = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: [
        'sagemaker:DescribeEndpoint',
        'sagemaker:DescribeEndpointConfig',
        'sagemaker:UpdateEndpointWeightsAndCapacities',
        'cloudwatch:PutMetricAlarm',
        'cloudwatch:DescribeAlarms',
        'cloudwatch:DeleteAlarms',
      ],
      Resource: ['*'],
    },
  ],
};

/** The service-linked role that scales endpoints. */
export class ServiceRole {
  readonly arn: string;

  constructor(private readonly cloud: Cloud) {
    this.arn = `arn:aws:iam::${cloud.account}:role/aws-service-role/${SERVICE}/${NAME}`;
  }

  /**
   * Creates the role if it does not exist, with the permissions of the caller who registers the account's first target.
   *
   * @throws ServiceError of the kind AccessDenied
   */
  ensure(caller: Caller): void {
    const roles = new Roles(this.cloud);
    if (roles.find(NAME)) return;
    this.cloud.authorize(
      caller,
      {
        action: 'iam:CreateServiceLinkedRole',
        resources: [this.arn],
        context: { 'iam:AWSServiceName': SERVICE },
      },
      'applicationautoscaling',
    );
    const trust = { Effect: 'Allow', Principal: { Service: SERVICE }, Action: 'sts:AssumeRole' };
    roles.put(NAME, {
      arn: this.arn,
      trustPolicy: { Version: '2012-10-17', Statement: [trust] },
      managedPolicyArns: [],
      policies: { AWSApplicationAutoscalingSageMakerEndpointPolicy: POLICY },
    });
  }

  session(): Caller & { principal: Principal } {
    return { principal: this.cloud.assumeRole(SERVICE, this.arn, 'AutoScaling-ManageAlarms') };
  }

  /**
   * "If the IAM permissions do not allow a given action, Application Auto Scaling fails the request and returns an
   * error to the user containing information about the missing permission" (User Guide, "Permissions validation for
   * API calls on target resources").
   *
   * @throws ServiceError ValidationException
   */
  validate(caller: Caller, actions: readonly string[], resource: string): void {
    const missing = actions.filter((action) => {
      try {
        this.cloud.authorize(caller, { action, resources: [resource] });
        return false;
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        return true;
      }
    });
    if (missing.length === 0) return;
    throw validation(
      `Unable to perform the request: ${caller.principal.arn} is missing the permissions ${missing.join(', ')} on ${resource}`,
    );
  }
}
