import { SFN, type DescribeExecutionCommandOutput, type HistoryEvent } from '@aws-sdk/client-sfn';
import type { CloudOptions } from '../../../src/core/cloud';
import type { AnyServiceDefinition } from '../../../src/core/service-registry';
import type { EventEnvelope } from '../../../src/core/events';
import { ecr } from '../../../src/services/ecr';
import { eventbridge } from '../../../src/services/eventbridge';
import { s3 } from '../../../src/services/s3';
import { sns } from '../../../src/services/sns';
import { ssm } from '../../../src/services/ssm';
import { stepfunctions } from '../../../src/services/stepfunctions';
import { EventLog } from '../../../src/testing/event-log';
import { testCloud, type TestCloud } from '../../support/test-cloud';

export const ROLE = 'arn:aws:iam::123456789012:role/Machine';

/** A cloud with Step Functions and some services that its tasks call. */
export interface StateMachineCloud {
  here: TestCloud;
  client: SFN;
  events: EventEnvelope[];
  /** Creates a state machine of these states in JSONata; returns its ARN. */
  machine(states: Record<string, object>, more?: object): Promise<string>;
  /** Starts an execution and returns its ARN. */
  start(stateMachineArn: string, input?: unknown): Promise<string>;
  /** Resolves when an execution has ended. */
  ended(executionArn: string): Promise<DescribeExecutionCommandOutput>;
  /** Runs one Task until its end: `{status, output, error, cause}`. */
  task(resource: string, args: unknown, more?: object): Promise<Ended>;
  history(executionArn: string): Promise<HistoryEvent[]>;
  event(matches: (event: EventEnvelope) => boolean): Promise<EventEnvelope>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface Ended {
  status?: string;
  output?: unknown;
  error?: string;
  cause?: string;
}

export async function stateMachineCloud(
  services: AnyServiceDefinition[] = [],
  options: Partial<CloudOptions> = {},
): Promise<StateMachineCloud> {
  const here = await testCloud([ssm, sns, s3, ecr, eventbridge, stepfunctions, ...services], options);
  let machines = 0;
  const heard = new EventLog();
  const connect = () => {
    result.client = new SFN(here.client);
    heard.listen({ onEvent: (listener) => here.cloud.events.subscribe(listener) });
  };
  const result: StateMachineCloud = {
    here,
    client: new SFN(here.client),
    events: heard.events,
    async machine(states, more = {}) {
      const definition = {
        QueryLanguage: 'JSONata',
        StartAt: Object.keys(states)[0],
        States: states,
        ...more,
      };
      const { stateMachineArn } = await result.client.createStateMachine({
        name: `machine-${++machines}`,
        definition: JSON.stringify(definition),
        roleArn: ROLE,
      });
      return stateMachineArn!;
    },
    async start(stateMachineArn, input = {}) {
      const request = { stateMachineArn, input: JSON.stringify(input) };
      return (await result.client.startExecution(request)).executionArn!;
    },
    async ended(executionArn) {
      await result.event(
        ({ source, resources, detail }) =>
          source === 'aws.states' && resources[0] === executionArn && detail.status !== 'RUNNING',
      );
      return result.client.describeExecution({ executionArn });
    },
    async task(resource, args, more = {}) {
      const state = { Type: 'Task', Resource: resource, Arguments: args, End: true, ...more };
      const { status, output, error, cause } = await result.ended(
        await result.start(await result.machine({ Do: state })),
      );
      return { status, error, cause, output: output === undefined ? undefined : JSON.parse(output) };
    },
    async history(executionArn) {
      return (await result.client.getExecutionHistory({ executionArn, maxResults: 1000 })).events!;
    },
    event: (matches) => heard.event(matches),
    async restart() {
      await here.restart();
      connect();
    },
    close: () => here.close(),
  };
  connect();
  return result;
}
