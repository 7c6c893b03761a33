import { ArnFormat, Stack } from 'aws-cdk-lib';
import { AccountPrincipal } from 'aws-cdk-lib/aws-iam';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../config';
import { layout } from '../contract/layout';
import { executionsArn } from '../platform/arns';
import type { DataStore } from '../platform/data-store';
import { AppRole } from '../platform/role';

/** Returns the name of the delivery's own role, which the roles of all pipelines trust: they cannot refer to each other. */
export function deliveryRoleName(app: string): string {
  return `${app}-delivery-trial`;
}

export function trialRoleName(config: PipelineConfig): string {
  return `${resourcePrefix(config)}-trial`;
}

export interface TrialRoleProps {
  readonly config: PipelineConfig;
  readonly store: DataStore;
  readonly stateMachine: StateMachine;
  /** Account of the delivery. */
  readonly trusted: string;
}

/**
 * The role under which the delivery runs the training pipeline of an environment: start a run, watch it, read its
 * record.
 */
export class TrialRole extends Construct {
  constructor(scope: Construct, id: string, { config, store, stateMachine, trusted }: TrialRoleProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const role = new AppRole(this, 'Role', {
      roleName: trialRoleName(config),
      description: 'Delivery: starts a run and watches it',
      assumedBy: new AccountPrincipal(trusted).withConditions({
        ArnEquals: {
          'aws:PrincipalArn': `arn:${stack.partition}:iam::${trusted}:role/${deliveryRoleName(config.name)}`,
        },
      }),
    });
    for (const name of ['Storage', 'Pipeline', 'Inference']) {
      const own = stack.stackName.replace(/[^-]+$/, name);
      const arn = stack.formatArn({ service: 'cloudformation', resource: 'stack', resourceName: `${own}/*` });
      role.allow(['cloudformation:DescribeStacks'], [arn], {
        because: 'CloudFormation ends the ARN of a stack with an id of its own',
      });
    }
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
    store.grantList(role, store.artifacts);
  }
}
