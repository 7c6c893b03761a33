import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ErrorName } from '../../contract/errors';
import type { NodeFunction } from '../../platform/node-function';
import { servingAlone } from '../../serving/variants';
import { FunctionTask } from '../../states/function-task';
import { keepFailure } from '../../states/catch';
import { NO_REFUSALS } from '../../states/finding-task';
import { jsonata } from '../../states/jsonata';
import type { Phase, PhaseExit, Start } from '../../states/phase';
import { recordRestored } from '../deploy/champion';
import { acquireToRestore, releaseLock } from '../deploy/endpoint-lock';
import { describeEndpoint, stillChanging, waitForEndpoint } from '../deploy/endpoint-tasks';
import { CHAMPION, createEndpointConfig, createModel } from '../deploy/model-tasks';
import type { RestoreParts } from '../deploy/restore-parts';
import type { RunContext } from '../shared/context';
import { RestoredEndpoint } from './restored-endpoint';

export interface RestorePhaseProps {
  readonly run: RunContext;
  readonly parts: RestoreParts;
  /** The function that writes records. */
  readonly report: NodeFunction;
}

/** Changes by others: the champion is theirs to bring into service, or is another one by now. */
const LEFT_TO_OTHERS = [
  ErrorName.DeploymentInProgress,
  ErrorName.EndpointChanging,
  ErrorName.ChampionChanged,
  ErrorName.ChallengerUndecided,
];

/**
 * Brings the recorded champion back into service without training, before anything else: its model and configuration are
 * created again where they are gone, and the endpoint is created or updated. Then a run with something to do goes on, so
 * that the champion serves whatever becomes of the candidate. Reads `$plan`; assigns `$notRestored` if it could not.
 *
 * Exits: `trains` to the phase that trains; `rest` to the question if anything changed.
 */
export class RestorePhase extends Construct implements Phase<'trains' | 'rest'> {
  readonly startState: sfn.State;
  readonly exits: Readonly<Record<'trains' | 'rest', PhaseExit>>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RestorePhaseProps,
  ) {
    super(scope, id);
    const { run, parts } = props;
    const { lock } = parts;
    const needed = sfn.Choice.jsonata(this, 'Needed', { stateName: 'Champion to restore?' });
    const left = this.leave();
    const { note, kept } = this.failed();
    const reported = this.report();
    const released = releaseLock(
      this,
      { id: 'Release', stateName: 'Release endpoint lock', next: reported },
      lock,
    );
    const noted = <T extends sfn.TaskStateBase>(task: T): T => {
      task.addCatch(note, keepFailure());
      return task;
    };
    const create = this.create(noted, this.onEndpoint(noted, note, released));
    // Before the names exist: of a run that fails in between, the next one creates them, and nothing is left.
    const record = noted(recordRestored(this, run.store));
    record.next(create);
    const renamed = sfn.Choice.jsonata(this, 'Renamed', { stateName: 'Other names to record?' })
      .when(sfn.Condition.jsonata(jsonata('$plan.restore.record')), record)
      .otherwise(create);
    const acquire = acquireToRestore(this, run, lock);
    acquire.addCatch(left, keepFailure({ errors: LEFT_TO_OTHERS }));
    noted(acquire);
    acquire.next(renamed);
    needed.when(sfn.Condition.jsonata(jsonata('$plan.restore != null')), this.settle(acquire), {
      assign: { polls: 0, attempted: false, ...NO_REFUSALS },
    });
    this.startState = needed;
    const goesOn = sfn.Choice.jsonata(this, 'GoesOn', { stateName: 'More to do?' });
    reported.next(goesOn);
    this.exits = {
      trains: {
        to: ({ startState }) => {
          goesOn.when(sfn.Condition.jsonata(jsonata('$plan.changed')), startState);
          kept.next(startState);
        },
      },
      rest: {
        to: (next: Start) => {
          needed.otherwise(next.startState);
          left.next(next.startState);
          goesOn.otherwise(parts.smokeTest ? this.restored() : next.startState);
        },
      },
    };
  }

  /**
   * Waits until nobody changes the endpoint, and then one poll more: `mlops rollback` records its champion a moment after
   * the endpoint serves it.
   */
  private settle(next: sfn.TaskStateBase): sfn.IChainable {
    const { run, parts } = this.props;
    if (!parts.smokeTest) return next;
    const { endpoint: target } = run;
    const look = describeEndpoint(this, 'Look', 'Look at production', target);
    const wait = waitForEndpoint(this, 'Wait', 'Wait for production', target);
    const settled = waitForEndpoint(this, 'Settled', 'Wait before restoring', target);
    wait.next(look);
    settled.next(next);
    // An endpoint that is absent, or cannot be described, is found again under the lock.
    look.addCatch(settled, { errors: ['States.ALL'], outputs: {} });
    look.next(
      sfn.Choice.jsonata(this, 'Changing', { stateName: 'Production changing?' })
        .when(sfn.Condition.jsonata(jsonata(stillChanging(target))), wait)
        .otherwise(settled),
    );
    return look;
  }

  /** Creates model and configuration where they are gone. */
  private create(noted: <T extends sfn.TaskStateBase>(task: T) => T, next: sfn.IChainable): sfn.IChainable {
    const { run, parts } = this.props;
    const { config, store, team } = run;
    const model = noted(createModel(this, { config, modelRole: parts.modelRole, of: CHAMPION }));
    const whenModel = sfn.Choice.jsonata(this, 'NoModel', { stateName: 'Champion without model?' }).when(
      sfn.Condition.jsonata(jsonata('$plan.restore.createModel')),
      model,
    );
    if (!parts.smokeTest) {
      model.next(next);
      return whenModel.otherwise(next);
    }
    const configuration = noted(
      createEndpointConfig(this, {
        id: 'CreateEndpointConfig',
        stateName: 'Create champion configuration',
        ...{ config, store, team },
        name: jsonata('$plan.restore.createConfig'),
        variants: servingAlone(config, jsonata('$plan.champion.modelName')),
        capturePercent: config.endpoint.dataCapturePercent,
      }),
    );
    configuration.next(next);
    const whenConfig = sfn.Choice.jsonata(this, 'NoConfig', { stateName: 'Champion without configuration?' })
      .when(sfn.Condition.jsonata(jsonata('$plan.restore.createConfig != null')), configuration)
      .otherwise(next);
    model.next(whenConfig);
    return whenModel.otherwise(whenConfig);
  }

  private onEndpoint(
    noted: <T extends sfn.TaskStateBase>(task: T) => T,
    failed: sfn.IChainable,
    done: sfn.IChainable,
  ): sfn.IChainable {
    const { run, parts } = this.props;
    const { smokeTest } = parts;
    if (!smokeTest) return done;
    const restored = new RestoredEndpoint(this, 'Endpoint', { run, smokeTest, noted, failed, done });
    return sfn.Choice.jsonata(this, 'EndpointToo', { stateName: 'Endpoint to restore?' })
      .when(sfn.Condition.jsonata(jsonata('$plan.restore.endpoint')), restored.startState, {
        assign: { polls: 0, ...NO_REFUSALS },
      })
      .otherwise(done);
  }

  /** Notes that others change the champion. */
  private leave(): sfn.Pass {
    return sfn.Pass.jsonata(this, 'Leave', {
      stateName: 'Leave champion to others',
      assign: {
        notRestored: jsonata("'the champion is not restored: ' & $parse($failure.Cause).errorMessage"),
      },
      outputs: {},
    });
  }

  /** A run that trains goes on: its candidate may replace a champion that cannot serve. */
  private failed(): { note: sfn.State; kept: sfn.Pass } {
    const { lock } = this.props.parts;
    const cause =
      "'champion ' & $plan.champion.runId & ' was not restored (' & $plan.restore.reason & '): ' & $cause";
    // A state that ran out of time has no cause.
    const sentence = `($cause := $boolean($failure.Cause) ? $failure.Cause : $failure.Error = 'States.Timeout' ? 'no answer within its time limit' : $failure.Error; ${cause})`;
    const fail = sfn.Fail.jsonata(this, 'Failed', {
      stateName: 'Champion not restored',
      error: ErrorName.EndpointNotRestored,
      cause: jsonata(sentence),
    });
    const kept = sfn.Pass.jsonata(this, 'Kept', {
      stateName: 'Keep failure as warning',
      assign: { notRestored: jsonata(sentence) },
      outputs: {},
    });
    const release = releaseLock(
      this,
      { id: 'ReleaseFailed', stateName: 'Release lock after failure', next: kept },
      lock,
    );
    const note = sfn.Choice.jsonata(this, 'Trains', { stateName: 'Train without champion?' })
      .when(sfn.Condition.jsonata(jsonata('$plan.changed')), release)
      .otherwise(fail);
    return { note, kept };
  }

  private report(): FunctionTask {
    const { run, report } = this.props;
    return new FunctionTask(this, 'ReportRestored', {
      stateName: 'Report restored champion',
      function: report,
      payload: {
        executionArn: jsonata('$states.context.Execution.Id'),
        plan: jsonata('$plan'),
        endpointName: run.endpoint.endpointName,
      },
      assign: { restored: jsonata('$states.result.Payload') },
      outputs: {},
      timeout: Duration.minutes(2),
    });
  }

  private restored(): sfn.Succeed {
    return sfn.Succeed.jsonata(this, 'Restored', {
      stateName: 'Champion restored',
      outputs: jsonata('$restored'),
    });
  }
}
