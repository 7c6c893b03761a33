import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config';
import { isTest, watches, type TestStrategy } from '../../config/serving-rules';
import { layout } from '../../contract/layout';
import { CHALLENGER_VARIANT } from '../../contract/names';
import type { TeamTopic } from '../../platform/team-topic';
import type { RollbackAlarms } from './rollback-alarms';
import type { DataStore } from '../../platform/data-store';
import { ChallengerWatch } from './challenger-watch';
import { recordChallenger } from './champion';
import type { EndpointTarget } from './endpoint-tasks';
import { FunctionTask } from '../../states/function-task';
import { jsonata } from '../../states/jsonata';
import { createEndpointConfig } from './model-tasks';
import { servingBoth } from '../../serving/variants';

/** Returns the configured strategy if it tests a challenger. */
export function testStrategy({ endpoint }: PipelineConfig): TestStrategy | undefined {
  return isTest(endpoint.deployment) ? endpoint.deployment : undefined;
}

export interface ChallengeProps {
  readonly config: PipelineConfig;
  readonly strategy: TestStrategy;
  readonly store: DataStore;
  readonly team: TeamTopic;
  /** Compares the answers of champion and shadow. */
  readonly compare: IFunction;
  readonly undone: <T extends sfn.TaskStateBase>(task: T) => T;
  readonly target: EndpointTarget;
  /** Alarms on the challenger. */
  readonly alarms: RollbackAlarms;
  /** Undoes the deployment; reads `$failure`. */
  readonly undo: sfn.IChainable;
}

/**
 * Serves champion and challenger on one endpoint until a person decides. The first model has no champion to be tested
 * against: it serves alone. Assigns `$testing`, `$wanted` and `$comparison`.
 */
export class Challenge extends Construct {
  /** Runs before the endpoint's update. */
  readonly configure: sfn.State & sfn.INextable;
  /** Variants that the smoke test invokes, as an expression: a shadow cannot be invoked. */
  readonly asked: string;
  /** Runs after the smoke test, where `$testing`; `$polls` is 0. */
  readonly startState: sfn.State;
  readonly endStates: readonly sfn.INextable[];

  constructor(scope: Construct, id: string, { config, strategy, ...props }: ChallengeProps) {
    super(scope, id);
    this.configure = props.undone(
      createEndpointConfig(this, {
        id: 'TestConfig',
        stateName: 'Create test configuration',
        config,
        store: props.store,
        team: props.team,
        name: jsonata('$plan.names.testConfig'),
        variants: servingBoth(config, jsonata('$plan.champion.modelName'), jsonata('$plan.names.model')),
        // A shadow's answers are compared from captured data: of all requests, or few would have both.
        capturePercent: strategy.strategy === 'shadow' ? 100 : config.endpoint.dataCapturePercent,
        assign: { testing: true, wanted: jsonata('$plan.names.testConfig') },
      }),
    );
    this.asked = strategy.strategy === 'abTest' ? `['${CHALLENGER_VARIANT}']` : '[]';
    const record = props.undone(recordChallenger(this, props.store, layout.challenger, strategy.strategy));
    this.startState = watches(strategy)
      ? new ChallengerWatch(this, 'Watch', { ...props, bakeSeconds: strategy.bakeSeconds, next: record })
          .startState
      : record;
    this.endStates = strategy.strategy === 'shadow' ? this.observe(record, strategy, props) : [record];
  }

  /** The comparison is for people: if it fails, the failure is reported and the test continues. */
  private observe(
    record: sfn.TaskStateBase,
    { observeSeconds }: Extract<TestStrategy, { strategy: 'shadow' }>,
    { compare }: Pick<ChallengeProps, 'compare'>,
  ): sfn.INextable[] {
    const wait = sfn.Wait.jsonata(this, 'Observe', {
      stateName: 'Observe shadow',
      time: sfn.WaitTime.duration(Duration.seconds(observeSeconds)),
    });
    const failed = sfn.Pass.jsonata(this, 'NotCompared', {
      stateName: 'Note missing comparison',
      outputs: {},
    });
    const task = new FunctionTask(this, 'Compare', {
      stateName: 'Compare answers',
      function: compare,
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
}
