import { ArnFormat, Aws, Fn, Lazy, Stack, type Duration } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../config';
import { acknowledge } from '../platform/acknowledgements';
import { executionsArn } from '../platform/arns';
import { AppLogGroup } from '../platform/log-group';
import { AppRole } from '../platform/role';
import type { Start } from './phase';
import { ServiceTask } from './service-task';

export interface RunStateMachineProps {
  readonly config: PipelineConfig;
  readonly comment: string;
  /** Maximum duration of a run. */
  readonly timeout: Duration;
}

/**
 * The state machine, its log and its role. The functions that it calls are made before it; those that look at
 * executions refer to it by the ARNs here.
 */
export class RunStateMachine extends Construct {
  readonly arn = Lazy.string({ produce: () => this.machine.stateMachineArn });
  readonly executionsArn = Lazy.string({ produce: () => executionsArn(this.machine) });
  private defined: sfn.StateMachine | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RunStateMachineProps,
  ) {
    super(scope, id);
  }

  /** @throws Error before {@link define} */
  get machine(): sfn.StateMachine {
    if (!this.defined) throw new Error('the state machine is not defined yet; call define() first');
    return this.defined;
  }

  /** Creates the machine once all states are connected. @param first the state that an execution starts with */
  define({ startState }: Start): void {
    const { config, comment, timeout } = this.props;
    const role = new AppRole(this, 'Role', {
      description: 'State machine: starts jobs and builds, changes the endpoint',
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: {
          // Its name is generated, and the role is made before it.
          ArnLike: { 'aws:SourceArn': machinesArn(this) },
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        },
      }),
    });
    this.defined = new sfn.StateMachine(this, 'Machine', {
      comment,
      role,
      queryLanguage: sfn.QueryLanguage.JSONATA,
      definitionBody: sfn.DefinitionBody.fromChainable(startState),
      timeout,
      tracingEnabled: true,
      logs: {
        destination: new AppLogGroup(this, 'Log', config, logGroupName(config)),
        // TaskScheduled, an event of the level ALL, has the arguments of a task: those of an approval hold its token, with
        // which anyone could answer. The history of the execution has all events, for 90 days and by permission.
        level: config.approval ? sfn.LogLevel.ERROR : sfn.LogLevel.ALL,
        // Payloads hold S3 addresses and metrics, no data; without them a failure cannot be analysed.
        includeExecutionData: true,
      },
    });
    if (config.approval) {
      acknowledge(
        this.defined,
        'AwsSolutions-SF1',
        'only errors are logged: the arguments of the approval hold its task token; the history of an execution has all events',
      );
    }
    role.acknowledgeWildcards(
      ['*'],
      'delivery of the execution log and X-Ray have no resource-level permissions; CDK adds them for logs and tracing',
    );
    // The policy is the sum of the tasks' permissions.
    for (const task of this.node.scope!.node.findAll()) {
      if (!(task instanceof ServiceTask)) continue;
      for (const { resources, because } of task.permissions) {
        if (because) role.acknowledgeWildcards(resources, because);
      }
    }
  }
}

/**
 * Returns the name of the log group. Below `/aws/vendedlogs/`, a delivery needs no entry of its own in the resource
 * policy of the account's logs, which has 5,120 characters for all (Developer Guide, "Logging in CloudWatch Logs"). The
 * stack's id keeps a retained group from blocking the next stack.
 */
function logGroupName(config: PipelineConfig): string {
  return `/aws/vendedlogs/states/${resourcePrefix(config)}-${Fn.select(2, Fn.split('/', Aws.STACK_ID))}`;
}

function machinesArn(scope: Construct): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
