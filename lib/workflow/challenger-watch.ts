import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ErrorName } from '../contract/errors';
import type { RollbackAlarms } from '../observability/rollback-alarms';
import type { EndpointTarget } from './endpoint-tasks';
import { jsonata } from './jsonata';
import { describeAlarms, RAISED } from './rollback';

/** Half of an alarm's minute: one that is raised and quiet again must not fall between two looks. */
const LONGEST_POLL = 30;
/** A look is nine events of the execution, which has 25,000. */
const MAX_LOOKS = 1_000;

export interface ChallengerWatchProps {
  readonly target: EndpointTarget;
  /** The challenger's. */
  readonly alarms: RollbackAlarms;
  /** How long they are watched. */
  readonly bakeSeconds: number;
  /** Has whatever fails in a task undone. */
  readonly undone: <T extends sfn.TaskStateBase>(task: T) => T;
  /** What undoes; reads `$failure`. */
  readonly undo: sfn.IChainable;
  /** Where it goes on once the challenger has baked. */
  readonly next: sfn.IChainable;
}

/**
 * Watches a challenger's alarms while it bakes, as SageMaker's guardrails watch those of a new model: they know no
 * second variant. One that is raised takes the challenger back, and so does not being able to look. Counts from
 * `$polls` = 0.
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
            `'The challenger of endpoint ${target.endpointName} is taken back, from ' & $wanted & ' to ' & $configBefore & ', which serves on; in alarm: ' & $alarms`,
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
