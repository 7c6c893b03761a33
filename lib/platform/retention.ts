import { Aspects, Duration, RemovalPolicy, type IAspect } from 'aws-cdk-lib';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';

/**
 * Returns the policy of resources with data. Retained ones outlive stack and replacement, but not a failed creation:
 * they would be empty, and names such as the model package group's would block the next attempt ("DeletionPolicy
 * attribute", RetainExceptOnCreate).
 */
export function removalPolicy(retain: boolean): RemovalPolicy {
  return retain ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}

/** Waiting time before a key is deleted for good; KMS allows no less than 7 days. */
export function pendingWindow(retain: boolean): Duration | undefined {
  return retain ? undefined : Duration.days(7);
}

/** Applies the policy to all log groups below the construct, those of CDK's own constructs too. */
export function keepLogs(scope: IConstruct, retain: boolean): void {
  Aspects.of(scope).add(new LogRetention(removalPolicy(retain)));
}

class LogRetention implements IAspect {
  constructor(private readonly policy: RemovalPolicy) {}

  visit(node: IConstruct): void {
    if (node instanceof CfnLogGroup) node.applyRemovalPolicy(this.policy);
  }
}
