import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import { notSupported, ServiceError } from '../../core/errors';
import { page } from '../../core/paging';
import type { Service } from '../../core/service';
import { TaskTokenError, type HistoryEvent, type JsonValue } from '../../states';
import { assertDefinition } from './definition';
import { Executions, type ExecutionRecord, type MachineRecord } from './executions';

const MAX_INPUT = 262_144;
const PAGE = 100;
const MAX_HISTORY_PAGE = 1_000;

/** Letters that a name must not have: white space, brackets, wildcards, and what needs quoting. */
const ILLEGAL_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;

/** Step Functions: standard workflows, run by the interpreter in `local/states`. */
export function stepfunctions(cloud: Cloud): Service<'sfn'> {
  const store = cloud.stores.store<Record<string, MachineRecord>>('state-machines', () => ({}));
  const executions = new Executions(cloud);

  cloud.events.registerTarget(
    (arn) => arn.includes(':stateMachine:'),
    async ({ targetArn, input }) => {
      start(machine(targetArn), randomUUID(), JSON.stringify(input));
    },
  );

  function machine(arn: string): MachineRecord {
    const found = store.data[arn];
    if (!found) throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return found;
  }

  function execution(arn: string): ExecutionRecord {
    const found = executions.get(arn);
    if (!found) throw new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return found;
  }

  function start(target: MachineRecord, name: string, input: string): ExecutionRecord {
    const arn = target.arn.replace(':stateMachine:', ':execution:') + `:${name}`;
    const before = executions.get(arn);
    if (before) {
      // The same request again, as long as the first still runs, is no error.
      if (before.status === 'RUNNING' && before.input === input) return before;
      throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    return executions.start(target, arn, name, input);
  }

  const onMachine = (action: string, arn = '*') => ({ action: `states:${action}`, resources: [arn] });

  return {
    id: 'sfn',
    permissions: {
      StartExecution: ({ stateMachineArn }) => onMachine('StartExecution', stateMachineArn),
      DescribeExecution: ({ executionArn }) => onMachine('DescribeExecution', executionArn),
      GetExecutionHistory: ({ executionArn }) => onMachine('GetExecutionHistory', executionArn),
      StopExecution: ({ executionArn }) => onMachine('StopExecution', executionArn),
      ListExecutions: ({ stateMachineArn }) => onMachine('ListExecutions', stateMachineArn),
      DescribeStateMachine: ({ stateMachineArn }) => onMachine('DescribeStateMachine', stateMachineArn),
    },
    async start() {
      executions.abandon();
    },
    stop: () => executions.close(),
    operations: {
      async CreateStateMachine(input) {
        const {
          name,
          definition,
          roleArn,
          type = 'STANDARD',
          loggingConfiguration,
          tracingConfiguration,
        } = input;
        checkName(name!);
        if (type !== 'STANDARD') throw notSupported('express workflows', 'Use type STANDARD.');
        assertDefinition(definition!);
        const arn = cloud.arn('states', `stateMachine:${name}`);
        if (store.data[arn]) {
          throw new ServiceError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
        }
        const now = cloud.clock.now();
        store.data[arn] = {
          arn,
          name: name!,
          definition: definition!,
          roleArn: roleArn!,
          created: now,
          updated: now,
          revision: randomUUID(),
          loggingConfiguration,
          tracingConfiguration,
        };
        store.changed();
        return { stateMachineArn: arn, creationDate: new Date(now) };
      },

      async UpdateStateMachine(input) {
        const target = machine(input.stateMachineArn!);
        if (input.definition !== undefined) assertDefinition(input.definition);
        Object.assign(target, {
          definition: input.definition ?? target.definition,
          roleArn: input.roleArn ?? target.roleArn,
          loggingConfiguration: input.loggingConfiguration ?? target.loggingConfiguration,
          tracingConfiguration: input.tracingConfiguration ?? target.tracingConfiguration,
          updated: cloud.clock.now(),
          revision: randomUUID(),
        });
        store.changed();
        return { updateDate: new Date(target.updated), revisionId: target.revision };
      },

      async DescribeStateMachine({ stateMachineArn }) {
        const target = machine(stateMachineArn!);
        return {
          stateMachineArn: target.arn,
          name: target.name,
          status: 'ACTIVE',
          type: 'STANDARD',
          definition: target.definition,
          roleArn: target.roleArn,
          creationDate: new Date(target.created),
          revisionId: target.revision,
          loggingConfiguration: target.loggingConfiguration,
          tracingConfiguration: target.tracingConfiguration,
        };
      },

      async DeleteStateMachine({ stateMachineArn }) {
        delete store.data[stateMachineArn!];
        store.changed();
        return {};
      },

      async ListStateMachines({ maxResults, nextToken }) {
        const all = page(
          Object.values(store.data),
          ({ name }) => name,
          maxResults || PAGE,
          nextToken,
          invalidToken,
        );
        return {
          stateMachines: all.items.map(({ arn, name, created }) => ({
            stateMachineArn: arn,
            name,
            type: 'STANDARD' as const,
            creationDate: new Date(created),
          })),
          nextToken: all.nextToken,
        };
      },

      async StartExecution({ stateMachineArn, name = randomUUID(), input = '{}' }) {
        checkName(name);
        checkInput(input);
        const { arn, startDate } = start(machine(stateMachineArn!), name, input);
        return { executionArn: arn, startDate: new Date(startDate) };
      },

      async DescribeExecution({ executionArn }) {
        const { arn, startDate, stopDate, ...record } = execution(executionArn!);
        return {
          ...record,
          executionArn: arn,
          startDate: new Date(startDate),
          stopDate: stopDate === undefined ? undefined : new Date(stopDate),
          inputDetails: { included: true },
          outputDetails: record.output === undefined ? undefined : { included: true },
          redriveCount: 0,
        };
      },

      async ListExecutions({ stateMachineArn, statusFilter, maxResults, nextToken }) {
        const target = machine(stateMachineArn!);
        const wanted = executions
          .of(target.arn)
          .filter(({ status }) => !statusFilter || status === statusFilter);
        // Newest first.
        const key = ({ startDate, name }: ExecutionRecord) =>
          `${String(1e15 - startDate).padStart(16, '0')}/${name}`;
        const found = page(wanted, key, maxResults || PAGE, nextToken, invalidToken);
        return {
          executions: found.items.map(({ arn, startDate, stopDate, name, status }) => ({
            executionArn: arn,
            stateMachineArn: target.arn,
            name,
            status,
            startDate: new Date(startDate),
            stopDate: stopDate === undefined ? undefined : new Date(stopDate),
          })),
          nextToken: found.nextToken,
        };
      },

      async GetExecutionHistory({
        executionArn,
        maxResults,
        nextToken,
        reverseOrder,
        includeExecutionData = true,
      }) {
        const { arn } = execution(executionArn!);
        const events = executions.history(arn);
        const place = (id: number) => String(reverseOrder ? 1e9 - id : id).padStart(10, '0');
        const limit = Math.min(maxResults || PAGE, MAX_HISTORY_PAGE);
        const found = page(events, ({ id }) => place(id!), limit, nextToken, invalidToken);
        return {
          events: includeExecutionData ? found.items : found.items.map(withoutData),
          nextToken: found.nextToken,
        };
      },

      async StopExecution({ executionArn, error, cause }) {
        const record = execution(executionArn!);
        await executions.stop(record.arn, error, cause);
        return { stopDate: new Date(record.stopDate!) };
      },

      async SendTaskSuccess({ taskToken, output }) {
        return answerToken(() => executions.tokens.sendTaskSuccess(taskToken!, parseOutput(output!)));
      },

      async SendTaskFailure({ taskToken, error, cause }) {
        return answerToken(() => executions.tokens.sendTaskFailure(taskToken!, error, cause));
      },

      async SendTaskHeartbeat({ taskToken }) {
        return answerToken(() => executions.tokens.sendTaskHeartbeat(taskToken!));
      },
    },
  };
}

function checkName(name: string): void {
  if (name.length >= 1 && name.length <= 80 && !ILLEGAL_IN_NAMES.test(name)) return;
  throw new ServiceError('InvalidName', `Invalid Name: '${name}'`);
}

function checkInput(input: string): void {
  if (Buffer.byteLength(input) > MAX_INPUT) {
    throw new ServiceError(
      'ValidationException',
      `1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to ${MAX_INPUT}`,
    );
  }
  try {
    JSON.parse(input);
  } catch (error) {
    throw new ServiceError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: '${(error as Error).message}'`,
    );
  }
}

function parseOutput(output: string): JsonValue {
  try {
    return JSON.parse(output) as JsonValue;
  } catch (error) {
    throw new ServiceError('InvalidOutput', `Invalid Output: '${(error as Error).message}'`);
  }
}

function answerToken(send: () => void): Record<string, never> {
  try {
    send();
    return {};
  } catch (error) {
    if (error instanceof TaskTokenError) throw new ServiceError(error.code, error.message);
    throw error;
  }
}

function invalidToken(message: string): ServiceError {
  return new ServiceError('InvalidToken', message);
}

/** `includeExecutionData: false` leaves out what flowed through the execution. */
function withoutData(event: HistoryEvent): HistoryEvent {
  const details = Object.entries<unknown>({ ...event }).map(([name, value]) => {
    if (!name.endsWith('EventDetails')) return [name, value] as const;
    const {
      input: _input,
      output: _output,
      parameters: _parameters,
      ...rest
    } = value as Record<string, unknown>;
    return [name, rest] as const;
  });
  return Object.fromEntries(details) as unknown as HistoryEvent;
}
