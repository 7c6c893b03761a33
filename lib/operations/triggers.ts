import { createHash } from 'node:crypto';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, type IDependable } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../config';
import type { ImageHashes } from '../contract/environment';
import { codeParameterName, SCHEDULED_SOURCE, SCHEDULED_TIME } from '../contract/triggers';
import type { DeadLetters } from '../platform/dead-letters';
import type { FunctionContext } from '../platform/node-function';
import { errorsAlarm, type AlarmContext } from '../platform/team-alarm';
import { driftPattern, newCodePattern, newDataPattern } from './event-rules';
import { TriggerFunction } from './trigger-function';

export interface TriggersProps extends FunctionContext, AlarmContext {
  readonly stateMachine: StateMachine;
  readonly deadLetters: DeadLetters;
  /** Bucket of training data and schema. */
  readonly data: IBucket;
  /** SSM path of the hyperparameters. */
  readonly hyperparameterPath: string;
  /** Images of a run. */
  readonly images: ImageHashes;
  /** Dependencies of a run: before they are deployed, a run would use the old code. */
  readonly deployedBefore: readonly IDependable[];
}

/**
 * The automatic triggers: a schedule, new data, new code or settings, drift. All of them request a run from one
 * function (docs/adr/0012-one-next-run.md).
 */
export class Triggers extends Construct {
  private readonly trigger: TriggerFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TriggersProps,
  ) {
    super(scope, id);
    const { config, stateMachine, data, network, deadLetters } = props;
    const { schedule, newData, newCode, drift } = config.triggers;
    this.trigger = new TriggerFunction(this, 'Trigger', { config, stateMachine, network, deadLetters });
    errorsAlarm(this, props, this.trigger.fn, {
      what: 'trigger-errors',
      description: 'The function that starts runs failed: a trigger may have been lost.',
    });
    if (schedule) this.addSchedule(schedule);
    if (newData)
      this.addRule('NewData', 'training data or its schema', newDataPattern(config, data.bucketName));
    if (newCode) this.addNewCode();
    if (drift) this.addRule('Drift', 'an alarm on drift', driftPattern(config, drift));
  }

  /** Name of the group that holds the next run's schedule. */
  get scheduleGroup(): string {
    return this.trigger.group.ref;
  }

  private addSchedule({ expression, timeZone }: NonNullable<PipelineConfig['triggers']['schedule']>): void {
    new CfnSchedule(this, 'Schedule', {
      description: `${resourcePrefix(this.props.config)}: asks for a run`,
      groupName: this.trigger.group.ref,
      scheduleExpression: expression,
      scheduleExpressionTimezone: timeZone,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: this.trigger.fn.functionArn,
        roleArn: this.trigger.schedulerRole.roleArn,
        input: JSON.stringify({ source: SCHEDULED_SOURCE, time: SCHEDULED_TIME }),
        // A run that is hours late would be another one.
        retryPolicy: { maximumEventAgeInSeconds: 3_600, maximumRetryAttempts: 20 },
        deadLetterConfig: { arn: this.props.deadLetters.queue.queueArn },
      },
      // Scheduler checks the role when a schedule is created.
    }).node.addDependency(this.trigger.schedulerRole);
  }

  private addNewCode(): void {
    const { config, hyperparameterPath, images, deployedBefore } = this.props;
    const content = JSON.stringify([images, config.gate]);
    const parameterName = codeParameterName(config);
    const code = new StringParameter(this, 'Code', {
      parameterName,
      stringValue: createHash('sha256').update(content).digest('hex').slice(0, 32),
      description: `${resourcePrefix(config)}: hash of images and gate; its change asks for a run`,
    });
    code.node.addDependency(...deployedBefore);
    const rule = this.addRule(
      'NewCode',
      'hyperparameters, code or gate',
      newCodePattern(hyperparameterPath, parameterName),
    );
    // The first stack deployment creates them all, and there is no data yet.
    rule.node.addDependency(code);
  }

  private addRule(id: string, what: string, eventPattern: events.EventPattern): events.Rule {
    return new events.Rule(this, id, {
      description: `Triggers of runs: ${what}`,
      eventPattern,
      targets: [
        new targets.LambdaFunction(this.trigger.fn, {
          retryAttempts: 10,
          deadLetterQueue: this.props.deadLetters.queue,
        }),
      ],
    });
  }
}
