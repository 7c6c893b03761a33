import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { resourcePrefix } from '../config';
import { UPDATING_EVENTS } from '../contract/endpoint';
import { LambdaVariable } from '../contract/environment';
import { layout } from '../contract/layout';
import { ENVIRONMENT_DIMENSION, METRIC_NAMESPACE, type PipelineMetric } from '../contract/observability';
import { executionsArn } from '../platform/arns';
import type { DataStore } from '../platform/data-store';
import type { DeadLetters } from '../platform/dead-letters';
import { NodeFunction, type FunctionContext } from '../platform/node-function';
import { TeamAlarm, type AlarmContext } from '../platform/team-alarm';
import { endpointArn, type EndpointTarget } from './endpoint';

/** Longer than `mlops rollback` needs to record its champion, and well below the function's timeout. */
const MAX_PAUSE_SECONDS = 60;

export interface EndpointWatchProps extends FunctionContext, AlarmContext {
  readonly store: DataStore;
  readonly endpoint: EndpointTarget;
  readonly stateMachine: StateMachine;
  readonly deadLetters: DeadLetters;
}

/**
 * Raises an alarm when the endpoint does not serve the champion: deleted, failed, or updated to another configuration by
 * hand. SageMaker's own events trigger the check, so it costs nothing while nothing changes. Deployments of runs and
 * working hours send the same events; the endpoint lock tells them apart.
 */
export class EndpointWatch extends Construct {
  constructor(scope: Construct, id: string, props: EndpointWatchProps) {
    super(scope, id);
    const { config, endpoint, deadLetters } = props;
    const fn = this.watchFunction(props);
    new events.Rule(this, 'Rule', {
      description: 'Endpoint: it came into service, failed, or was deleted',
      eventPattern: {
        source: ['aws.sagemaker'],
        detailType: ['SageMaker Endpoint State Change'],
        detail: {
          EndpointName: [endpoint.endpointName],
          EndpointStatus: [{ 'anything-but': [...UPDATING_EVENTS] }],
        },
      },
      targets: [new targets.LambdaFunction(fn, { retryAttempts: 10, deadLetterQueue: deadLetters.queue })],
    });
    const metricName: PipelineMetric = 'EndpointFaults';
    new TeamAlarm(this, props, {
      what: 'endpoint-lost',
      description:
        'The endpoint does not serve the champion: it was deleted, has failed or was changed by hand.',
      metric: new cloudwatch.Metric({
        ...{ namespace: METRIC_NAMESPACE, metricName, statistic: cloudwatch.Stats.MAXIMUM },
        dimensionsMap: { [ENVIRONMENT_DIMENSION]: resourcePrefix(config) },
        period: Duration.minutes(1),
      }),
      threshold: 1,
      // A check comes with an event only: the last one holds.
      missing: cloudwatch.TreatMissingData.IGNORE,
    });
  }

  private watchFunction({
    config,
    network,
    store,
    endpoint,
    stateMachine,
  }: EndpointWatchProps): NodeFunction {
    const fn = new NodeFunction(this, 'Function', {
      context: { config, network },
      name: 'endpoint-watch',
      description: 'Endpoint watch: says if the endpoint serves the champion',
      // It waits most of its time.
      timeout: Duration.minutes(2),
      memorySize: 256,
      environment: {
        [LambdaVariable.Prefix]: resourcePrefix(config),
        [LambdaVariable.EndpointName]: endpoint.endpointName,
      },
      settings: {
        pauseSeconds: Math.min(endpoint.pollSeconds, MAX_PAUSE_SECONDS),
        workingHours: config.endpoint.workingHours ?? null,
      },
    });
    const bucket = store.artifacts;
    // The objects may be missing.
    store.grantList(fn, bucket);
    for (const key of [layout.champion, layout.challenger, layout.endpointLock])
      store.grantRead(fn, { bucket, key });
    fn.allow(['sagemaker:DescribeEndpoint'], [endpointArn(this, endpoint)]);
    fn.allow(['states:DescribeExecution'], [executionsArn(stateMachine)], {
      because: 'the last run that deployed may be any execution of this state machine',
    });
    return fn;
  }
}
