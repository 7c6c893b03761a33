import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { IN_SERVICE, LOST_STATUSES, NOT_FOUND } from '../../contract/endpoint';
import { CHALLENGER_VARIANT } from '../../contract/names';
import type { NodeFunction } from '../../platform/node-function';
import { ScalingTasks } from '../../serving/scaling';
import { FunctionTask } from '../../states/function-task';
import { jsonata } from '../../states/jsonata';
import { endpointReadyRetry } from '../../states/retry';
import {
  createEndpoint,
  deleteEndpoint,
  describeEndpoint,
  ENDPOINT_ABSENT,
  stillChanging,
  updateEndpoint,
  waitForEndpoint,
} from '../deploy/endpoint-tasks';
import type { RunContext } from '../shared/context';

export interface RestoredEndpointProps {
  readonly run: RunContext;
  readonly smokeTest: NodeFunction;
  /** Wraps a task so that its failure is noted in `$failure`. */
  readonly noted: <T extends sfn.TaskStateBase>(task: T) => T;
  /** State after a failure; reads `$failure`. */
  readonly failed: sfn.IChainable;
  /** State after the endpoint serves the champion. */
  readonly done: sfn.IChainable;
}

const WANTED = '$plan.restore.configName';

/**
 * Brings the endpoint onto the configuration `$plan.restore.configName`: creates it, updates it, or deletes one that can
 * only be deleted and creates it. It has succeeded when the golden requests of the champion are answered. A restored
 * endpoint that answers wrongly is left as it is: it is the champion's.
 */
export class RestoredEndpoint extends Construct {
  readonly startState: sfn.State;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RestoredEndpointProps,
  ) {
    super(scope, id);
    const { run, noted } = props;
    const { config, endpoint: target } = run;
    const find = describeEndpoint(this, 'Find', 'Find endpoint to restore', target);
    const wait = waitForEndpoint(this, 'Wait', 'Wait for restored endpoint', target);
    const once = { attempted: true };
    const create = noted(
      createEndpoint(this, 'Create', 'Create champion endpoint', target, {
        ...{ config, configName: WANTED, assign: once },
      }),
    );
    const remove = noted(deleteEndpoint(this, 'Remove', 'Delete lost endpoint', target));
    const update = updateEndpoint(this, 'Update', 'Return endpoint to champion', target, {
      ...{ config: WANTED, assign: once },
    });
    for (const task of [create, remove, update]) task.next(wait);
    wait.next(find);
    find.addCatch(this.whenAbsent(create), catchAll());
    update.addCatch(this.whenNotUpdatable(remove), catchAll());
    const [prepare] = new ScalingTasks(run.scale)
      .prepare(this, 'Prepare', 'Prepare scaling to restore', WANTED)
      .map(noted);
    prepare?.next(update);
    find.next(
      sfn.Choice.jsonata(this, 'Found', { stateName: 'Endpoint on champion?' })
        .when(
          sfn.Condition.jsonata(
            jsonata(`$endpoint.status = '${IN_SERVICE}' and $endpoint.config = ${WANTED}`),
          ),
          this.test(),
        )
        .when(sfn.Condition.jsonata(jsonata(stillChanging(target))), wait)
        .when(
          sfn.Condition.jsonata(jsonata(`$endpoint.status = '${IN_SERVICE}' and $not($attempted)`)),
          prepare ?? update,
        )
        .when(
          sfn.Condition.jsonata(
            jsonata(`$endpoint.status in ${JSON.stringify(LOST_STATUSES)} and $not($attempted)`),
          ),
          remove,
        )
        .otherwise(this.notReady()),
    );
    this.startState = find;
  }

  private whenAbsent(create: sfn.IChainable): sfn.Choice {
    return sfn.Choice.jsonata(this, 'Absent', { stateName: 'Endpoint to create?' })
      .when(sfn.Condition.jsonata(jsonata(`${ENDPOINT_ABSENT} and $not($attempted)`)), create)
      .otherwise(this.props.failed);
  }

  /** An endpoint whose configuration was deleted serves on, but can be deleted only. */
  private whenNotUpdatable(remove: sfn.IChainable): sfn.Choice {
    return sfn.Choice.jsonata(this, 'NotUpdatable', { stateName: 'Endpoint without configuration?' })
      .when(
        sfn.Condition.jsonata(jsonata(`$contains($failure.Cause, '${NOT_FOUND} endpoint configuration')`)),
        remove,
      )
      .otherwise(this.props.failed);
  }

  private notReady(): sfn.IChainable {
    const { endpointName } = this.props.run.endpoint;
    const note = sfn.Pass.jsonata(this, 'NotReady', {
      stateName: 'Note unrestored endpoint',
      assign: {
        failure: {
          Error: 'EndpointNotReady',
          Cause: jsonata(
            `'endpoint ${endpointName} is ' & $endpoint.status & ' on configuration ' & $endpoint.config & ' after ' & $string($polls) & ' looks: ' & $endpoint.reason`,
          ),
        },
      },
      outputs: {},
    });
    note.next(this.props.failed);
    return note;
  }

  /** Sends the champion's golden requests, and sets up scaling. */
  private test(): sfn.IChainable {
    const { run, smokeTest, noted, done } = this.props;
    const task = noted(
      new FunctionTask(this, 'Test', {
        stateName: 'Test restored endpoint',
        function: smokeTest,
        payload: {
          runId: jsonata('$plan.champion.runId'),
          // A challenger answers otherwise.
          variants: jsonata(`[$endpoint.variants[$ != '${CHALLENGER_VARIANT}']]`),
        },
        outputs: {},
        timeout: Duration.minutes(10),
      }),
    );
    task.addRetry(endpointReadyRetry);
    const [scale] = new ScalingTasks(run.scale).apply(this, 'Scale', 'Set up scaling of restored').map(noted);
    scale?.next(done);
    task.next(scale ?? done);
    return task;
  }
}

function catchAll() {
  return { errors: ['States.ALL'], assign: { failure: jsonata('$states.errorOutput') }, outputs: {} };
}
