import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config';
import { isTest, watches, type TestStrategy } from '../../config/serving-rules';
import { LambdaVariable } from '../../contract/environment';
import { layout } from '../../contract/layout';
import { CHALLENGER_VARIANT } from '../../contract/names';
import { NodeFunction } from '../../platform/node-function';
import { servingBoth, variantNames } from '../../serving/variants';
import { FunctionTask } from '../../states/function-task';
import { jsonata } from '../../states/jsonata';
import { after, type Phase, type PhaseExit } from '../../states/phase';
import type { RunContext } from '../shared/context';
import { ChallengerWatch } from './challenger-watch';
import { recordChallenger } from './champion';
import { createEndpointConfig } from './model-tasks';
import type { RollbackAlarms } from './rollback-alarms';

/** Returns the configured strategy if it tests a challenger. */
export function testStrategy({ endpoint }: PipelineConfig): TestStrategy | undefined {
  return isTest(endpoint.deployment) ? endpoint.deployment : undefined;
}

export interface ChallengeProps {
  readonly run: RunContext;
  readonly strategy: TestStrategy;
  readonly undone: <T extends sfn.TaskStateBase>(task: T) => T;
  /** Alarms on the challenger. */
  readonly alarms: RollbackAlarms;
  /** Undoes the deployment; reads `$failure`. */
  readonly undo: sfn.IChainable;
}

/**
 * Serves champion and challenger on one endpoint until a person decides. The first model has no champion to be tested
 * against: it serves alone. Assigns `$testing`, `$wanted` and `$comparison`.
 */
export class Challenge extends Construct implements Phase {
  /** Runs before the endpoint's update. A champion that cannot be deployed any more is not tested against. */
  readonly configure: sfn.Chain;
  /** Variants that the smoke test invokes, as an expression: a shadow cannot be invoked. */
  readonly asked: string;
  /** Runs after the smoke test, where `$testing`; `$polls` is 0. */
  readonly startState: sfn.State;
  readonly exits: { readonly done: PhaseExit };

  constructor(scope: Construct, id: string, { run, strategy, undone, alarms, undo }: ChallengeProps) {
    super(scope, id);
    const { config, store, team, endpoint } = run;
    const configure = undone(
      createEndpointConfig(this, {
        id: 'TestConfig',
        stateName: 'Create test configuration',
        ...{ config, store, team },
        name: jsonata('$plan.names.testConfig'),
        variants: servingBoth(config, jsonata('$plan.champion.modelName'), jsonata('$plan.names.model')),
        // A shadow's answers are compared from captured data: of all requests, or few would have both.
        capturePercent: strategy.strategy === 'shadow' ? 100 : config.endpoint.dataCapturePercent,
        assign: { testing: true, wanted: jsonata('$plan.names.testConfig') },
      }),
    );
    this.configure = sfn.Choice.jsonata(this, 'Testable', { stateName: 'Champion to test against?' })
      .when(sfn.Condition.jsonata(jsonata('$plan.judgedAgainst.runId = $plan.champion.runId')), configure)
      .afterwards({ includeOtherwise: true });
    this.asked = strategy.strategy === 'abTest' ? `['${CHALLENGER_VARIANT}']` : '[]';
    const record = undone(recordChallenger(this, store, strategy.strategy));
    const { bakeSeconds } = strategy;
    this.startState = watches(strategy)
      ? new ChallengerWatch(this, 'Watch', {
          ...{ target: endpoint, alarms, bakeSeconds, undone, undo, next: record },
        }).startState
      : record;
    const ends = strategy.strategy === 'shadow' ? this.observe(record, strategy, run) : [record];
    this.exits = { done: after(...ends) };
  }

  /** The comparison is for people: if it fails, the failure is reported and the test continues. */
  private observe(
    record: sfn.TaskStateBase,
    { observeSeconds }: Extract<TestStrategy, { strategy: 'shadow' }>,
    run: RunContext,
  ): sfn.INextable[] {
    const wait = sfn.Wait.jsonata(this, 'Observe', {
      stateName: 'Observe shadow',
      time: sfn.WaitTime.duration(Duration.seconds(observeSeconds)),
    });
    const failed = sfn.Pass.jsonata(this, 'NotCompared', {
      stateName: 'Note missing comparison',
      outputs: {},
    });
    const task = new FunctionTask(this, 'CompareAnswers', {
      stateName: 'Compare answers',
      function: this.compare(run),
      payload: { runId: jsonata('$plan.runId') },
      assign: { comparison: jsonata('$states.result.Payload') },
      outputs: {},
      timeout: Duration.minutes(15),
    });
    task.addCatch(failed, {
      errors: ['States.ALL'],
      assign: { comparison: { failure: jsonata('$states.errorOutput.Cause') } },
      outputs: {},
    });
    record.next(wait).next(task);
    return [task, failed];
  }
  private compare({ config, network, store, endpoint }: RunContext): NodeFunction {
    const fn = new NodeFunction(this, 'Compare', {
      context: { config, network },
      name: 'compare',
      readsModel: true,
      description: 'Compare answers: compares the answers of shadow and champion',
      timeout: Duration.minutes(15),
      memorySize: 1024,
      environment: {
        [LambdaVariable.EndpointName]: endpoint.endpointName,
        [LambdaVariable.VariantName]: variantNames(config)[0]!,
      },
    });
    const bucket = store.artifacts;
    store.grantList(fn, bucket);
    store.grantRead(
      fn,
      { bucket, key: layout.challenger },
      {
        bucket,
        key: `${layout.capture}${endpoint.endpointName}/*`,
        because: 'SageMaker files captured requests by endpoint, variant and hour',
      },
    );
    store.grantWrite(fn, ...store.ofRuns(layout.comparison('*')));
    return fn;
  }
}
