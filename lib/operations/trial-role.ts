import { ArnFormat, Stack } from 'aws-cdk-lib';
import { AccountPrincipal } from 'aws-cdk-lib/aws-iam';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../config';
import { layout } from '../contract/layout';
import { trialParameterName } from '../contract/triggers';
import { partitionOf, roleArn } from '../platform/account-rules';
import { executionsArn } from '../platform/arns';
import type { DataStore } from '../platform/data-store';
import { AppRole } from '../platform/role';

/** Account and region of a pipeline. */
export interface Target {
  readonly account: string;
  readonly region: string;
}

/** The delivery that tries a pipeline. */
export interface Trial {
  /** Account of the delivery. */
  readonly account: string;
  /** Path of its roles. Default: `/`. */
  readonly rolePath?: string;
}

/** Returns the name of the delivery's own role, which the roles of all pipelines trust: they cannot refer to each other. */
export function deliveryRoleName(app: string): string {
  return `${app}-delivery-trial`;
}

function trialRoleName(config: PipelineConfig): string {
  return `${resourcePrefix(config)}-trial`;
}

/** Returns the ARN of a pipeline's trial role. @param target of the pipeline */
export function trialRoleArn(config: PipelineConfig, { account, region }: Target): string {
  return roleArn(account, trialRoleName(config), config.rolePath, partitionOf(region));
}

export interface TrialRoleProps {
  readonly config: PipelineConfig;
  readonly store: DataStore;
  readonly stateMachine: StateMachine;
  readonly trialBy: Trial;
}

/**
 * The role under which the delivery runs the training pipeline of an environment: start a run, watch it, read its
 * record.
 */
export class TrialRole extends Construct {
  constructor(scope: Construct, id: string, { config, store, stateMachine, trialBy }: TrialRoleProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const role = new AppRole(this, 'Role', {
      roleName: trialRoleName(config),
      description: 'Delivery: starts a run and watches it',
      assumedBy: new AccountPrincipal(trialBy.account).withConditions({
        ArnEquals: {
          'aws:PrincipalArn': roleArn(
            trialBy.account,
            deliveryRoleName(config.name),
            trialBy.rolePath,
            stack.partition,
          ),
        },
      }),
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
