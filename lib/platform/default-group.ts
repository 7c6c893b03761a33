import { CustomResourceProviderBase, Lazy, Stack, type CfnResource } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../config';

/** The id that aws-cdk-lib gives to the provider of `restrictDefaultSecurityGroup`, one a stack. */
const PROVIDER = 'Custom::VpcRestrictDefaultSGCustomResourceProvider';

/**
 * Fits CDK's function that closes the default group of a VPC (`restrictDefaultSecurityGroup`) to this app. It gets the
 * runtime of the other functions, the tags, and a log group that expires. CDK leaves the log to Lambda, and lets the function
 * write to every log of the account.
 *
 * CloudFormation has no property for the rules of that group. The function runs when the stack is created and deleted,
 * outside of the network; its role may change the rules of this one group.
 *
 * @returns the function with its role
 */
export function fitDefaultGroupFunction(
  scope: Construct,
  retention: PipelineConfig['logRetentionDays'],
): Construct {
  const provider = Stack.of(scope).node.findChild(PROVIDER) as CustomResourceProviderBase;
  const [role, handler] = ['Role', 'Handler'].map((id) => provider.node.findChild(id) as CfnResource) as [
    CfnResource,
    CfnResource,
  ];
  const log = new logs.LogGroup(scope, 'DefaultGroupLog', { retention });
  // CDK tags only what it makes with the classes of the types.
  const { tags } = log.node.defaultChild as logs.CfnLogGroup;
  const produce = () => Object.entries(tags.tagValues()).map(([Key, Value]) => ({ Key, Value }));
  for (const resource of [role, handler])
    resource.addPropertyOverride('Tags', Lazy.any({ produce }, { omitEmptyArray: true }));
  role.addPropertyDeletionOverride('ManagedPolicyArns');
  provider.addToRolePolicy({
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: log.logGroupArn,
  });
  handler.addPropertyOverride('Runtime', lambda.Runtime.NODEJS_24_X.name);
  handler.addPropertyOverride('LoggingConfig', { LogFormat: 'JSON', LogGroup: log.logGroupName });
  return provider;
}
