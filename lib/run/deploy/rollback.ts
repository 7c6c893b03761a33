import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { DescribeAlarmsCommandInput } from '@aws-sdk/client-cloudwatch';
import { Construct } from 'constructs';
import { IN_SERVICE } from '../../contract/endpoint';
import { ErrorName } from '../../contract/errors';
import type { Permission } from '../../platform/role';
import type { EndpointTarget } from '../../serving/endpoint';
import { jsonata } from '../../states/jsonata';
import { CALL_TIMEOUT, ServiceTask } from '../../states/service-task';
import type { RollbackAlarms } from './rollback-alarms';

/**
 * Allows describing the alarms of an environment: SageMaker requires it of the caller that starts a deployment with
 * alarms.
 */
export function watchAlarms({ arns }: RollbackAlarms): Permission[] {
  return arns.length === 0 ? [] : [{ actions: ['cloudwatch:DescribeAlarms'], resources: arns }];
}

/** Describes the alarms of a deployment. */
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
    permissions: watchAlarms(props.alarms),
    assign: props.assign,
    outputs: {},
  });
}

/** Expression over the answer to `describeAlarms`: raised alarms, with their reasons; '' without any. */
export const RAISED =
  "$join([$states.result.MetricAlarms[StateValue = 'ALARM'].(AlarmName & ' (' & StateReason & ')')], ', ')";

/** Expression: SageMaker went back to the previous configuration. It may give no reason. */
export const ROLLED_BACK = `$endpoint.status = '${IN_SERVICE}' and $endpoint.config = $configBefore`;

export interface RollbackNoteProps {
  readonly target: EndpointTarget;
  readonly alarms: RollbackAlarms;
  /** State that undoes the rest; reads `$failure`. */
  readonly next: sfn.IChainable;
}

/** Writes to `$failure` that the deployment was rolled back, and the alarm that caused it. */
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
              `'SageMaker rolled endpoint ${target.endpointName} back from ' & $wanted & ' to ' & $configBefore & ', which serves again: ' & $endpoint.reason${because}`,
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
