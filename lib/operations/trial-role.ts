import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { layout } from '../contract/layout';
import { trialParameterName } from '../contract/triggers';
import { executionsArn } from '../platform/arns';
import type { DataStore } from '../platform/data-store';
import { PipelineRole, type DeliveryAccount } from './delivery-role';

export interface TrialRoleProps {
  readonly config: PipelineConfig;
  readonly store: DataStore;
  readonly stateMachine: StateMachine;
  readonly delivery: DeliveryAccount;
}

/**
 * The role under which the delivery runs the training pipeline of an environment: start a run, watch it, read its
 * record.
 */
export class TrialRole extends Construct {
  constructor(scope: Construct, id: string, { config, store, stateMachine, delivery }: TrialRoleProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const role = new PipelineRole(this, 'Role', {
      ...{ config, delivery },
      purpose: 'trial',
      description: 'Delivery: starts a run and watches it',
    });
    for (const name of ['Storage', 'Pipeline', 'Inference']) {
      const own = stack.stackName.replace(/[^-]+$/, name);
      const arn = stack.formatArn({ service: 'cloudformation', resource: 'stack', resourceName: `${own}/*` });
      role.allow(
        ['cloudformation:DescribeStacks', ...(name === 'Pipeline' ? ['cloudformation:GetTemplate'] : [])],
        [arn],
        {
          because: 'CloudFormation ends the ARN of a stack with an id of its own',
        },
      );
    }
    const parameterName = trialParameterName(config);
    role.allow(
      ['ssm:GetParameter', 'ssm:PutParameter'],
      [stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: parameterName.slice(1) })],
    );
    role.allow(['states:StartExecution'], [stateMachine.stateMachineArn]);
    role.allow(['states:DescribeExecution', 'states:GetExecutionHistory'], [executionsArn(stateMachine)], {
      because: 'it watches the run that it started; the id is created at the start',
    });
    const trainingLogs = stack.formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: '/aws/sagemaker/TrainingJobs:*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    role.allow(['logs:FilterLogEvents'], [trainingLogs], {
      because: 'it shows the log of the training job; SageMaker names the stream by job and host',
    });
    store.grantRead(role, ...store.ofRuns(layout.record('*')));
    // Nobody is there to approve the model of a trial.
    if (config.approval) {
      store.grantRead(role, ...store.ofRuns(layout.approval('*')));
      store.grantWrite(role, ...store.ofRuns(layout.approval('*')));
      role.allow(['states:SendTaskSuccess'], [stateMachine.stateMachineArn]);
    }
    store.grantList(role, store.artifacts);
  }
}
