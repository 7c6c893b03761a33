import { Annotations, Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config';
import { stepText } from '../../config/deployment-steps';
import { guards } from '../../config/serving-rules';
import { LambdaVariable } from '../../contract/environment';
import { GOLDEN_FILE, layout } from '../../contract/layout';
import { NodeFunction } from '../../platform/node-function';
import { grantInvoke } from '../../serving/endpoint';
import { ModelRole } from '../../serving/model-role';
import { grantQueue } from '../../serving/queue';
import { ScalingTasks } from '../../serving/scaling';
import { endsScaling, ScalingEnd } from '../../serving/scaling-end';
import { servingAlone, variantNames } from '../../serving/variants';
import { FunctionTask } from '../../states/function-task';
import { keepFailure } from '../../states/catch';
import { NO_REFUSALS } from '../../states/finding-task';
import { jsonata } from '../../states/jsonata';
import { after, type Phase, type PhaseExit } from '../../states/phase';
import { endpointReadyRetry } from '../../states/retry';
import type { RunContext } from '../shared/context';
import { Challenge, testStrategy } from './challenge';
import type { RestoreParts } from './restore-parts';
import { recordChampion } from './champion';
import { EndpointChange } from './endpoint-change';
import { AcquireEndpointLock } from './endpoint-lock';
import { createEndpointConfig, createModel } from './model-tasks';
import { watchAlarms } from './rollback';
import { RollbackAlarms } from './rollback-alarms';
import { UndoPhase } from './undo';

/**
 * Deploys the accepted model to the endpoint, alone or with the champion. It has succeeded when the endpoint serves the
 * new configuration and answers the golden requests; any failure is undone. Reads `$plan`, `$training`, `$decision`,
 * `$modelPackage` and `$inferenceImage`.
 */
export class DeployPhase extends Construct implements Phase {
  readonly startState: sfn.State;
  readonly exits: { readonly done: PhaseExit };
  /** What restoring the champion uses too. */
  readonly parts: RestoreParts;
  private readonly undo: UndoPhase;
  private readonly alarms: RollbackAlarms;

  constructor(scope: Construct, id: string, run: RunContext) {
    super(scope, id);
    const { config, store, endpoint } = run;
    const steps = stepText(config.endpoint.serving, config.endpoint.deployment);
    if (steps !== undefined) Annotations.of(this).addInfoV2('mlops:DeploymentSteps', steps);
    this.alarms = new RollbackAlarms(this, 'RollbackAlarms', { config, endpointName: endpoint.endpointName });
    const scaling = new ScalingTasks(run.scale);
    const strategy = testStrategy(config);
    this.undo = new UndoPhase(this, 'Undo', { target: endpoint, scaling, tests: strategy !== undefined });
    const undoing = { alarms: this.alarms, undone: this.undone, undo: this.undo.startState };
    const challenge = strategy && new Challenge(this, 'Challenge', { run, strategy, ...undoing });
    const smokeTestFunction = this.smokeTestFunction(run);
    const smokeTest = this.smokeTest(run, smokeTestFunction, challenge);
    const change = new EndpointChange(this, 'Change', {
      ...{ config, target: endpoint, ...undoing, done: smokeTest },
      beforeUpdate: [
        ...(challenge ? [challenge.configure] : []),
        ...scaling.prepare(this, 'Prepare', 'Prepare scaling', '$wanted').map(this.undone),
        ...(endsScaling(config)
          ? [this.undone(new ScalingEnd(this, 'ScalingEnd', { config, target: endpoint }).map)]
          : []),
      ],
    });
    const lock = new AcquireEndpointLock(this, 'AcquireLock', run);
    const modelRole = this.modelRole(run);
    this.parts = { lock, modelRole, smokeTest: smokeTestFunction };
    lock
      .next(this.undone(createModel(this, { config, modelRole, assign: initial(config) })))
      .next(this.undone(this.endpointConfig(run)))
      .next(change.startState);

    const champion = this.undone(recordChampion(this, store));
    const scaled = scaling.apply(this, 'SetUp', 'Set up scaling').map(this.undone);
    const settled = scaled.reduce<sfn.INextable>((before, state) => (before.next(state), state), smokeTest);
    if (challenge) {
      settled.next(
        sfn.Choice.jsonata(this, 'Tested', { stateName: 'Tested against champion?' })
          .when(sfn.Condition.jsonata(jsonata('$testing')), challenge.startState, { assign: { polls: 0 } })
          .otherwise(champion),
      );
    } else settled.next(champion);
    this.startState = lock;
    const recorded = after(champion);
    this.exits = {
      done: {
        to: (next) => {
          recorded.to(next);
          challenge?.exits.done.to(next);
        },
      },
    };
  }

  private modelRole(run: RunContext): ModelRole {
    const { config, store, team, network, endpoint, images } = run;
    const role = new ModelRole(this, 'ModelRole', {
      ...{ config, store, team, network, endpoint },
      image: images.inference,
    });
    if (guards(config.endpoint.deployment)) {
      // SageMaker reads them under the model's role too (Developer Guide, "Auto-Rollback Configuration").
      for (const { actions, resources } of watchAlarms(this.alarms)) role.allow(actions, resources);
    }
    return role;
  }

  private endpointConfig({ config, store, team }: RunContext): sfn.TaskStateBase {
    return createEndpointConfig(this, {
      id: 'CreateEndpointConfig',
      stateName: 'Create endpoint configuration',
      ...{ config, store, team },
      name: jsonata('$plan.names.endpointConfig'),
      variants: servingAlone(config, jsonata('$plan.names.model')),
      capturePercent: config.endpoint.dataCapturePercent,
    });
  }

  private smokeTest(run: RunContext, fn: NodeFunction, challenge: Challenge | undefined): sfn.TaskStateBase {
    const alone = variantNames(run.config);
    const task = this.undone(
      new FunctionTask(this, 'TestModel', {
        stateName: 'Smoke test',
        function: fn,
        payload: {
          runId: jsonata('$plan.runId'),
          variants: challenge ? jsonata(`$testing ? ${challenge.asked} : ${JSON.stringify(alone)}`) : alone,
        },
        outputs: {},
        timeout: Duration.minutes(10),
      }),
    );
    task.addRetry(endpointReadyRetry);
    return task;
  }

  private smokeTestFunction({ config, network, store, endpoint }: RunContext): NodeFunction {
    const { kind } = config.endpoint.serving;
    const fn = new NodeFunction(this, 'SmokeTest', {
      context: { config, network },
      name: 'smoke-test',
      readsModel: true,
      description: 'Smoke test: sends the golden requests to every variant',
      timeout: Duration.minutes(10),
      environment: {
        [LambdaVariable.EndpointName]: endpoint.endpointName,
        [LambdaVariable.ServingKind]: kind,
      },
    });
    store.grantRead(fn, ...store.ofRuns(`${layout.evaluation('*')}${GOLDEN_FILE}`));
    grantInvoke(fn, config, endpoint);
    if (kind === 'asynchronous') grantQueue(store, fn);
    return fn;
  }

  /** Catches every error of the task and undoes the deployment. */
  private readonly undone = <T extends sfn.TaskStateBase | sfn.Map>(task: T): T => {
    task.addCatch(this.undo.startState, keepFailure());
    return task;
  };
}

/** Returns the initial variables of the phase and of undoing it. */
function initial({ endpoint }: PipelineConfig) {
  return {
    polls: 0,
    ...NO_REFUSALS,
    configBefore: null,
    wanted: jsonata('$plan.names.endpointConfig'),
    testing: false,
    comparison: null,
    // True once the champion was created outside of its working hours.
    ...(endpoint.workingHours && { woken: false }),
  };
}
