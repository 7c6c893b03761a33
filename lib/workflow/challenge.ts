import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { isTest, watches, type TestStrategy } from '../config/serving-rules';
import { layout } from '../contract/layout';
import { CHALLENGER_VARIANT } from '../contract/names';
import type { TeamTopic } from '../notifications/team-topic';
import type { RollbackAlarms } from '../observability/rollback-alarms';
import type { DataStore } from '../storage/data-store';
import { ChallengerWatch } from './challenger-watch';
import { recordChallenger } from './champion';
import type { EndpointTarget } from './endpoint-tasks';
import { FunctionTask } from './function-task';
import { jsonata } from './jsonata';
import { createEndpointConfig } from './model-tasks';
import { servingBoth } from './variants';

/** The configured strategy, if it is one of these. */
export function testStrategy({ endpoint }: PipelineConfig): TestStrategy | undefined {
  return isTest(endpoint.deployment) ? endpoint.deployment : undefined;
}

export interface ChallengeProps {
  readonly config: PipelineConfig;
  readonly strategy: TestStrategy;
  readonly store: DataStore;
  readonly team: TeamTopic;
  /** Compares what champion and shadow answered. */
  readonly compare: IFunction;
  readonly undone: <T extends sfn.TaskStateBase>(task: T) => T;
  readonly target: EndpointTarget;
  /** The challenger's. */
  readonly alarms: RollbackAlarms;
  /** What undoes; reads `$failure`. */
  readonly undo: sfn.IChainable;
}

/**
 * Champion and challenger behind one endpoint, until somebody decides. The first model has no champion to be tested
 * against: it serves alone. Assigns `$testing`, `$wanted` and `$comparison`.
 */
export class Challenge extends Construct {
  /** Before the endpoint's update. */
  readonly configure: sfn.State & sfn.INextable;
  /** Variants that the smoke test asks, as an expression: a shadow cannot be asked. */
  readonly asked: string;
  /** After the smoke test, where `$testing`; `$polls` is 0. */
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
        // A shadow's answers are compared from what is captured: of all requests, or few would have both.
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

  /** What comes out of the comparison is for people: a failure of it is told, and ends no test. */
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
