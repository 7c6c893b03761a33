import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { DescribeAlarmsCommandInput } from '@aws-sdk/client-cloudwatch';
import { Construct } from 'constructs';
import { ErrorName } from '../contract/errors';
import type { RollbackAlarms } from '../observability/rollback-alarms';
import { CALL_TIMEOUT, type EndpointTarget } from './endpoint-tasks';
import { jsonata } from './jsonata';
import { ServiceTask } from './service-task';

/** Looking at the alarms of an environment: SageMaker asks it of who starts a deployment that watches them. */
export function watchAlarms({ arns }: RollbackAlarms): PolicyStatement[] {
  return arns.length === 0
    ? []
    : [new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: [...arns] })];
}

/** Looks at what a deployment watches. */
export function describeAlarms(
  scope: Construct,
  id: string,
  props: {
    readonly stateName: string;
    readonly alarms: RollbackAlarms;
    /** Expressions over `$states.result.MetricAlarms`. */
    readonly assign: Record<string, unknown>;
  },
): ServiceTask<DescribeAlarmsCommandInput> {
  return new ServiceTask<DescribeAlarmsCommandInput>(scope, id, {
    stateName: props.stateName,
    action: 'aws-sdk:cloudwatch:describeAlarms',
    arguments: { AlarmNames: [...props.alarms.names] },
    timeout: CALL_TIMEOUT,
    policies: watchAlarms(props.alarms),
    assign: props.assign,
    outputs: {},
  });
}

/** Expression over the answer to `describeAlarms`: those that are raised, with their reasons; '' if none is. */
export const RAISED =
  "$join([$states.result.MetricAlarms[StateValue = 'ALARM'].(AlarmName & ' (' & StateReason & ')')], ', ')";

/** Expression: SageMaker went back to the configuration that served before. It may give no reason. */
export const ROLLED_BACK = "$endpoint.status = 'InService' and $endpoint.config = $configBefore";

export interface RollbackNoteProps {
  readonly target: EndpointTarget;
  readonly alarms: RollbackAlarms;
  /** What undoes the rest; reads `$failure`. */
  readonly next: sfn.IChainable;
}

/** Says in `$failure` that the deployment was rolled back, and which alarm it was. */
export class RollbackNote extends Construct {
  readonly startState: sfn.State;

  constructor(scope: Construct, id: string, { target, alarms, next }: RollbackNoteProps) {
    super(scope, id);
    const note = (noteId: string, stateName: string, because: string) =>
      sfn.Pass.jsonata(this, noteId, {
        stateName,
        assign: {
          failure: {
            Error: ErrorName.DeploymentRolledBack,
            Cause: jsonata(
              `'SageMaker rolled endpoint ${target.endpointName} back from ' & $wanted & ' to ' & $configBefore & ', which serves on: ' & $endpoint.reason${because}`,
            ),
          },
        },
        outputs: {},
      }).next(next);
    const plain = note('Note', 'Note rollback', '');
    if (alarms.names.length === 0) {
      this.startState = plain.startState;
      return;
    }
    const find = describeAlarms(this, 'FindAlarms', {
      stateName: 'Find alarms',
      alarms,
      assign: {
        alarms: jsonata(RAISED),
      },
    });
    find.addCatch(plain.startState, { errors: ['States.ALL'], outputs: {} });
    find.next(note('NoteAlarms', 'Note alarms', " & '; in alarm: ' & $alarms"));
    this.startState = find;
  }
}
