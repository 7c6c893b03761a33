import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config';
import { guards } from '../../config/serving-rules';
import { layout } from '../../contract/layout';
import type { TeamTopic } from '../../platform/team-topic';
import type { RollbackAlarms } from './rollback-alarms';
import type { DataStore } from '../../platform/data-store';
import { Challenge, testStrategy } from './challenge';
import { recordChampion } from './champion';
import { acquireEndpointLock } from './endpoint-lock';
import { EndpointChange } from './endpoint-change';
import type { EndpointTarget } from './endpoint-tasks';
import { FunctionTask } from '../../states/function-task';
import { jsonata } from '../../states/jsonata';
import type { JobRole } from '../../platform/job-role';
import { createEndpointConfig, createModel } from './model-tasks';
import { watchAlarms } from './rollback';
import { Scaling } from '../../serving/scaling';
import { endsScaling, ScalingEnd } from '../../serving/scaling-end';
import { servingAlone, variantNames } from '../../serving/variants';
import { UndoPhase } from './undo';

export interface DeployPhaseProps {
  readonly config: PipelineConfig;
  readonly store: DataStore;
  readonly team: TeamTopic;
  /** Role of the model's containers. */
  readonly modelRole: JobRole;
  readonly target: EndpointTarget;
  /** Alarms that roll an update back. */
  readonly alarms: RollbackAlarms;
  readonly functions: {
    readonly endpointLock: IFunction;
    readonly smokeTest: IFunction;
    readonly compare: IFunction | undefined;
    readonly scale: IFunction | undefined;
  };
}

/**
 * Deploys the accepted model to the endpoint, alone or with the champion. It has succeeded when the endpoint serves the
 * new configuration and answers the golden requests; any failure is undone. Reads `$plan`, `$training`, `$decision`,
 * `$modelPackage` and `$inferenceImage`.
 */
export class DeployPhase extends Construct {
  readonly startState: sfn.State;
  readonly chain: sfn.Chain;
  private readonly undo: UndoPhase;

  constructor(scope: Construct, id: string, props: DeployPhaseProps) {
    super(scope, id);
    const { config, store, team, target, alarms, modelRole, functions } = props;
    const scaling = new Scaling(this, 'Scaling', { scale: functions.scale });
    const strategy = testStrategy(config);
    this.undo = new UndoPhase(this, 'Undo', { target, scaling, tests: strategy !== undefined });
    if (guards(config.endpoint.deployment)) {
      // SageMaker reads them under the model's role too (Developer Guide, "Auto-Rollback Configuration").
      for (const statement of watchAlarms(alarms)) modelRole.role.addToPolicy(statement);
    }

    const challenge =
      strategy &&
      new Challenge(this, 'Challenge', {
        ...{ config, strategy, store, team, compare: functions.compare!, undone: this.undone },
        ...{ target, alarms, undo: this.undo.startState },
      });
    const smokeTest = this.smokeTest(props, challenge);
    const change = new EndpointChange(this, 'Change', {
      ...{ config, target, alarms, undone: this.undone, undo: this.undo.startState, done: smokeTest },
      beforeUpdate: [
        ...(challenge ? [challenge.configure] : []),
        ...scaling.prepare('Prepare', 'Prepare scaling', '$wanted').map(this.undone),
        ...(endsScaling(config)
          ? [this.undone(new ScalingEnd(this, 'ScalingEnd', { config, target }).map)]
          : []),
      ],
    });
    const lock = acquireEndpointLock(this, functions.endpointLock, config);
    lock
      .next(this.undone(createModel(this, { config, modelRole, assign: initial(config) })))
      .next(this.undone(this.endpointConfig(props)))
      .next(change.startState);

    const champion = this.undone(recordChampion(this, store, layout.champion));
    const scaled = scaling.apply('SetUp', 'Set up scaling').map(this.undone);
    const settled = scaled.reduce<sfn.INextable>((before, state) => (before.next(state), state), smokeTest);
    if (challenge) {
      settled.next(
        sfn.Choice.jsonata(this, 'Tested', { stateName: 'Tested against champion?' })
          .when(sfn.Condition.jsonata(jsonata('$testing')), challenge.startState, { assign: { polls: 0 } })
          .otherwise(champion),
      );
    } else settled.next(champion);
    this.startState = lock;
    this.chain = sfn.Chain.custom(lock, [champion, ...(challenge?.endStates ?? [])], champion);
  }

  private endpointConfig({ config, store, team }: DeployPhaseProps): sfn.TaskStateBase {
    return createEndpointConfig(this, {
      id: 'CreateEndpointConfig',
      stateName: 'Create endpoint configuration',
      ...{ config, store, team },
      name: jsonata('$plan.names.endpointConfig'),
      variants: servingAlone(config, jsonata('$plan.names.model')),
      capturePercent: config.endpoint.dataCapturePercent,
    });
  }

  private smokeTest(
    { config, functions }: DeployPhaseProps,
    challenge: Challenge | undefined,
  ): sfn.TaskStateBase {
    const alone = variantNames(config);
    return this.undone(
      new FunctionTask(this, 'SmokeTest', {
        stateName: 'Smoke test',
        function: functions.smokeTest,
        payload: {
          runId: jsonata('$plan.runId'),
          variants: challenge ? jsonata(`$testing ? ${challenge.asked} : ${JSON.stringify(alone)}`) : alone,
        },
        outputs: {},
        timeout: Duration.minutes(10),
      }),
    );
  }

  /** Catches every error of the task and undoes the deployment. */
  private readonly undone = <T extends sfn.TaskStateBase | sfn.Map>(task: T): T => {
    task.addCatch(this.undo.startState, {
      errors: ['States.ALL'],
      assign: { failure: jsonata('$states.errorOutput') },
      outputs: {},
    });
    return task;
  };
}

/** Returns the initial variables of the phase and of undoing it. */
function initial({ endpoint }: PipelineConfig) {
  return {
    polls: 0,
    configBefore: null,
    wanted: jsonata('$plan.names.endpointConfig'),
    testing: false,
    comparison: null,
    // True once the champion was created outside of its working hours.
    ...(endpoint.workingHours && { woken: false }),
  };
}
