import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ErrorName } from '../../contract/errors';
import type { RollbackAlarms } from './rollback-alarms';
import type { EndpointTarget } from '../../serving/endpoint';
import { jsonata } from '../../states/jsonata';
import { describeAlarms, RAISED } from './rollback';

/** Half of an alarm's minute: an alarm that is raised and cleared again must not fall between two checks. */
const LONGEST_POLL = 30;
/** A check is nine events of the execution, which may have 25,000. */
const MAX_LOOKS = 1_000;

export interface ChallengerWatchProps {
  readonly target: EndpointTarget;
  /** Alarms on the challenger. */
  readonly alarms: RollbackAlarms;
  /** Seconds that they are watched. */
  readonly bakeSeconds: number;
  /** Wraps a task so that its failure is undone. */
  readonly undone: <T extends sfn.TaskStateBase>(task: T) => T;
  /** Undoes the deployment; reads `$failure`. */
  readonly undo: sfn.IChainable;
  /** State after the challenger has baked. */
  readonly next: sfn.IChainable;
}

/**
 * Watches a challenger's alarms while it bakes, as SageMaker's guardrails watch those of a new model: they support no
 * second variant. A raised alarm removes the challenger, and so does a failed check. Counts from `$polls` = 0.
 */
export class ChallengerWatch extends Construct {
  readonly startState: sfn.State;

  constructor(scope: Construct, id: string, props: ChallengerWatchProps) {
    super(scope, id);
    const { target, alarms, bakeSeconds, undone, undo, next } = props;
    const seconds = Math.max(Math.min(target.pollSeconds, LONGEST_POLL), Math.ceil(bakeSeconds / MAX_LOOKS));
    const wait = sfn.Wait.jsonata(this, 'Wait', {
      stateName: 'Bake challenger',
      time: sfn.WaitTime.duration(Duration.seconds(seconds)),
      assign: { polls: jsonata('$polls + 1') },
    });
    const look = undone(
      describeAlarms(this, 'Look', {
        stateName: 'Look at challenger',
        alarms,
        assign: { alarms: jsonata(RAISED) },
      }),
    );
    const note = sfn.Pass.jsonata(this, 'Note', {
      stateName: 'Note bad challenger',
      assign: {
        failure: {
          Error: ErrorName.DeploymentRolledBack,
          Cause: jsonata(
            `'The challenger of endpoint ${target.endpointName} was removed: the endpoint is updated from ' & $wanted & ' back to ' & $configBefore & '; in alarm: ' & $alarms`,
          ),
        },
      },
      outputs: {},
    });
    note.next(undo);
    wait.next(look);
    const looks = Math.ceil(bakeSeconds / seconds);
    look.next(
      sfn.Choice.jsonata(this, 'Baked', { stateName: 'Challenger baked?' })
        .when(sfn.Condition.jsonata(jsonata("$alarms != ''")), note)
        .when(sfn.Condition.jsonata(jsonata(`$polls < ${looks}`)), wait)
        .otherwise(next),
    );
    this.startState = wait;
  }
}
