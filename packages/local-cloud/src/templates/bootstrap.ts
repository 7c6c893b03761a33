import type { Cloud } from '../core/cloud';
import { ServiceError } from '../model/errors';
import type { Caller } from '../core/service';
import { deployStack } from './deploy';

/** The name of the stack that `cdk bootstrap` creates by default. */
const STACK_NAME = 'CDKToolkit';

/**
 * The minimum for a deployment without the CDK CLI: a bucket for assets, and the version that templates check. The
 * roles that the CLI assumes are in the template that `cdk bootstrap` deploys.
 */
const MINIMAL_TEMPLATE = {
  Description: 'Resources for deployments from a cloud assembly; cdk bootstrap adds those for the CDK CLI',
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

/** The parameters that `cdk bootstrap` passes by default. */
const DEFAULTS = [
  {
    ParameterKey: 'CloudFormationExecutionPolicies',
    ParameterValue: 'arn:aws:iam::aws:policy/AdministratorAccess',
  },
  { ParameterKey: 'FileAssetsBucketKmsKeyId', ParameterValue: 'AWS_MANAGED_KEY' },
];

/**
 * Bootstraps the account for CDK. An account that is bootstrapped is left unchanged.
 *
 * @param template the text of the CDK CLI's bootstrap template; by default, a minimal one
 */
export async function bootstrap(cloud: Cloud, caller: Caller, template?: string): Promise<void> {
  if (await isBootstrapped(cloud, caller)) return;
  await deployStack(cloud, caller, {
    stackName: STACK_NAME,
    source: { TemplateBody: template ?? JSON.stringify(MINIMAL_TEMPLATE) },
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
