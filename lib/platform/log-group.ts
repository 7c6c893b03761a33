import { RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../config';

/**
 * A log group whose events expire, and which is deleted with its stack where the configuration retains nothing. Without
 * a name, CloudFormation generates one, so a retained group never blocks a new stack.
 */
export class AppLogGroup extends logs.LogGroup {
  constructor(
    scope: Construct,
    id: string,
    { logRetentionDays, retainData }: Pick<PipelineConfig, 'logRetentionDays' | 'retainData'>,
    logGroupName?: string,
  ) {
    super(scope, id, {
      logGroupName,
      retention: logRetentionDays,
      removalPolicy: retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }
}
