import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { ArnFormat } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { LambdaVariable } from '../contract/environment';
import { layout } from '../contract/layout';
import { NodeFunction } from '../functions/node-function';
import type { DataStore } from '../storage/data-store';

export interface NotifyFunctionProps {
  readonly config: PipelineConfig;
  readonly store: DataStore;
  readonly topic: ITopic;
  readonly stateMachine: IStateMachine;
}

/** Writes the record of a run that ended without success, and tells the team. */
export class NotifyFunction extends NodeFunction {
  constructor(scope: Construct, id: string, { config, store, topic, stateMachine }: NotifyFunctionProps) {
    super(scope, id, {
      name: 'notify',
      description: 'Notify: tells the team of a run that was rejected, failed or aborted',
      environment: {
        [LambdaVariable.Environment]: config.environment,
        [LambdaVariable.ArtifactsBucket]: store.artifacts.bucketName,
        [LambdaVariable.TopicArn]: topic.topicArn,
      },
      logRetention: config.logRetentionDays,
    });
    store.artifacts.grantRead(this, layout.champion);
    store.artifacts.grantRead(this, layout.decision('*'));
    store.artifacts.grantPut(this, layout.record('*'));
    topic.grantPublish(this);
    this.addToRolePolicy(
      new PolicyStatement({
        actions: ['states:DescribeExecution', 'states:GetExecutionHistory'],
        resources: [
          Stack.of(this).formatArn({
            service: 'states',
            resource: 'execution',
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            resourceName: `${Stack.of(this).splitArn(stateMachine.stateMachineArn, ArnFormat.COLON_RESOURCE_NAME).resourceName}:*`,
          }),
        ],
      }),
    );
  }
}
