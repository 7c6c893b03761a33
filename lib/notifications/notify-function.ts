import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { acknowledgeWildcard } from '../acknowledgements';
import { resourcePrefix, type PipelineConfig } from '../config';
import { LambdaVariable } from '../contract/environment';
import { layout } from '../contract/layout';
import { NodeFunction } from '../functions/node-function';
import { BY_RUN, type DataStore } from '../storage/data-store';
import { executionsArn } from '../workflow/permissions';
import type { TeamTopic } from './team-topic';
import type { PrivateNetwork } from '../network/private-network';

export interface NotifyFunctionProps {
  readonly config: PipelineConfig;
  readonly store: DataStore;
  readonly team: TeamTopic;
  readonly stateMachine: StateMachine;
  readonly network: PrivateNetwork | undefined;
}

/** Writes the record of a run that ended without success, and notifies the team. */
export class NotifyFunction extends NodeFunction {
  constructor(
    scope: Construct,
    id: string,
    { config, store, team, stateMachine, network }: NotifyFunctionProps,
  ) {
    super(scope, id, {
      name: 'notify',
      description: 'Notify: notifies the team of a run that was rejected, failed or aborted',
      environment: {
        [LambdaVariable.Prefix]: resourcePrefix(config),
        [LambdaVariable.Environment]: config.environment,
        [LambdaVariable.Model]: config.model,
        [LambdaVariable.ArtifactsBucket]: store.artifacts.bucketName,
        [LambdaVariable.TopicArn]: team.topic.topicArn,
      },
      logRetention: config.logRetentionDays,
      network,
      calls: ['s3', 'sns', 'states'],
    });
    const bucket = store.artifacts;
    // The objects may be missing.
    store.grantList(this.role, bucket);
    store.grantRead(this.role, { bucket, key: layout.champion });
    store.grantRead(this.role, { bucket, key: layout.decision('*'), because: BY_RUN });
    store.grantWrite(this.role, { bucket, key: layout.record('*'), because: BY_RUN });
    team.grantPublish(this.role);
    const executions = executionsArn(stateMachine);
    this.addToRolePolicy(
      new PolicyStatement({
        actions: ['states:DescribeExecution', 'states:GetExecutionHistory'],
        resources: [executions],
      }),
    );
    acknowledgeWildcard(this.role, executions, 'it describes any failed execution of this state machine');
  }
}
