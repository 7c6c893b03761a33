import type { Cloud } from '../core/cloud';
import { ServiceError } from '../model/errors';
import type { Caller } from '../core/service';
import { deployStack } from './deploy';

/** The stack that `cdk bootstrap` makes, with CDK's default names. */
const STACK_NAME = 'CDKToolkit';

/**
 * The least that a deployment without the CDK CLI needs: a bucket for assets, and the version that templates ask for.
 * The roles that the CLI acts in come with the template that `cdk bootstrap` deploys.
 */
const LEAST = {
  Description: 'What deployments from a cloud assembly need; cdk bootstrap adds what the CDK CLI needs',
  Resources: {
    StagingBucket: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketName: { 'Fn::Sub': 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}' },
        VersioningConfiguration: { Status: 'Enabled' },
      },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    },
    CdkBootstrapVersion: {
      Type: 'AWS::SSM::Parameter',
      Properties: { Type: 'String', Name: '/cdk-bootstrap/hnb659fds/version', Value: '6' },
    },
  },
  Outputs: {
    BucketName: { Value: { Ref: 'StagingBucket' } },
    BootstrapVersion: { Value: '6' },
  },
};

/** What `cdk bootstrap` passes where it is told nothing. */
const DEFAULTS = [
  {
    ParameterKey: 'CloudFormationExecutionPolicies',
    ParameterValue: 'arn:aws:iam::aws:policy/AdministratorAccess',
  },
  { ParameterKey: 'FileAssetsBucketKmsKeyId', ParameterValue: 'AWS_MANAGED_KEY' },
];

/**
 * Makes the account ready for CDK, unless it is: what somebody bootstrapped is left alone.
 *
 * @param template the text of the template that the CDK CLI bootstraps with; without it, the least is made
 */
export async function bootstrap(cloud: Cloud, caller: Caller, template?: string): Promise<void> {
  if (await isBootstrapped(cloud, caller)) return;
  await deployStack(cloud, caller, {
    stackName: STACK_NAME,
    source: { TemplateBody: template ?? JSON.stringify(LEAST) },
    parameters: template === undefined ? [] : DEFAULTS,
    tags: {},
    terminationProtection: false,
  });
}

async function isBootstrapped(cloud: Cloud, caller: Caller): Promise<boolean> {
  try {
    const { Stacks = [] } = await cloud.call(
      'cloudformation',
      'DescribeStacks',
      { StackName: STACK_NAME },
      caller,
    );
    return ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'].includes(
      Stacks[0]!.StackStatus!,
    );
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'ValidationError') return false;
    throw error;
  }
}
