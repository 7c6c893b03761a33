import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import { notSupported, ServiceError } from '../../core/errors';
import { page } from '../../core/paging';
import type { Service } from '../../core/service';
import { passTo } from '../pass-role';
import { assertDefinition } from './definition';
import { authorizeMachine } from './machine-role';
import { Executions, type ExecutionRecord, type MachineRecord } from './executions';
import {
  answerToken,
  checkArn,
  checkInput,
  checkName,
  invalidToken,
  parseOutput,
  withoutData,
} from './requests';

const PAGE = 100;
const MAX_HISTORY_PAGE = 1_000;

/**
 * Step Functions: standard workflows, run by the interpreter in `local/states`.
 *
 * @param clock by which executions wait and time out; the cloud's, if not given
 */
export function stepfunctions(cloud: Cloud, clock = cloud.clock): Service<'sfn'> {
  const store = cloud.stores.store<Record<string, MachineRecord>>('state-machines', () => ({}));
  const executions = new Executions(cloud, clock);

  cloud.events.registerTarget(
    (arn) => arn.includes(':stateMachine:'),
    async ({ targetArn, input, from, roleArn, sourceArn }) => {
      const principal = roleArn ? cloud.assumeRole(from.arn, roleArn, 'events', sourceArn) : from;
      // As EventBridge names them.
      const name = `${randomUUID()}_${randomUUID()}`;
      const request = { stateMachineArn: targetArn, name, input: JSON.stringify(input) };
      await cloud.call('sfn', 'StartExecution', request, { principal });
    },
  );

  function machine(arn: string): MachineRecord {
    checkArn(arn, 'stateMachine');
    const found = store.data[arn];
    if (!found) throw new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return found;
  }

  function execution(arn: string): ExecutionRecord {
    checkArn(arn, 'execution');
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

  const arnOf = (name: string) => cloud.arn('states', `stateMachine:${name}`);
  const onMachine = (action: string, arn = '*') => ({ action: `states:${action}`, resources: [arn] });

  return {
    id: 'sfn',
    permissions: {
      CreateStateMachine: ({ name = '', roleArn = '' }) => [
        onMachine('CreateStateMachine', arnOf(name)),
        passTo(roleArn, 'states.amazonaws.com'),
      ],
      UpdateStateMachine: ({ stateMachineArn, roleArn }) => [
        onMachine('UpdateStateMachine', stateMachineArn),
        ...(roleArn ? [passTo(roleArn, 'states.amazonaws.com')] : []),
      ],
      DeleteStateMachine: ({ stateMachineArn }) => onMachine('DeleteStateMachine', stateMachineArn),
      TagResource: ({ resourceArn }) => onMachine('TagResource', resourceArn),
      UntagResource: ({ resourceArn }) => onMachine('UntagResource', resourceArn),
      ListTagsForResource: ({ resourceArn }) => onMachine('ListTagsForResource', resourceArn),
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
        if (input.publish) throw notSupported('versions of state machines', 'Leave out publish.');
        assertDefinition(definition!);
        const arn = arnOf(name!);
        const before = store.data[arn];
        // The same request again is no error; of the role, AWS says that it is not compared.
        const wanted = { definition, loggingConfiguration, tracingConfiguration };
        if (before && sameMachine(before, wanted)) {
          return { stateMachineArn: arn, creationDate: new Date(before.created) };
        }
        if (before) {
          throw new ServiceError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
        }
        authorizeMachine(
          cloud,
          { arn, roleArn: roleArn!, definition: definition!, loggingConfiguration },
          'create',
        );
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
          tags: input.tags ?? [],
        };
        store.changed();
        return { stateMachineArn: arn, creationDate: new Date(now) };
      },

      async UpdateStateMachine(input) {
        const target = machine(input.stateMachineArn!);
        if (input.publish) throw notSupported('versions of state machines', 'Leave out publish.');
        if (input.definition !== undefined) assertDefinition(input.definition);
        const changed = {
          ...target,
          definition: input.definition ?? target.definition,
          roleArn: input.roleArn ?? target.roleArn,
          loggingConfiguration: input.loggingConfiguration ?? target.loggingConfiguration,
          tracingConfiguration: input.tracingConfiguration ?? target.tracingConfiguration,
          updated: cloud.clock.now(),
          revision: randomUUID(),
        };
        authorizeMachine(cloud, changed, 'update');
        Object.assign(target, changed);
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

      async TagResource({ resourceArn, tags = [] }) {
        const target = machine(resourceArn!);
        const kept = target.tags.filter(({ key }) => !tags.some((tag) => tag.key === key));
        target.tags = [...kept, ...tags];
        store.changed();
        return {};
      },

      async UntagResource({ resourceArn, tagKeys = [] }) {
        const target = machine(resourceArn!);
        target.tags = target.tags.filter(({ key }) => !tagKeys.includes(key!));
        store.changed();
        return {};
      },

      async ListTagsForResource({ resourceArn }) {
        return { tags: machine(resourceArn!).tags };
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

type Compared = Partial<Pick<MachineRecord, 'definition' | 'loggingConfiguration' | 'tracingConfiguration'>>;

function sameMachine(a: Compared, b: Compared): boolean {
  const compared = ({ definition, loggingConfiguration, tracingConfiguration }: Compared) =>
    JSON.stringify([definition, loggingConfiguration, tracingConfiguration]);
  return compared(a) === compared(b);
}
