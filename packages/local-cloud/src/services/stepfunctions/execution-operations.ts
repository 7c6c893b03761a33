import { randomUUID } from 'node:crypto';
import { ServiceError } from '../../model/errors';
import { page } from '../../core/paging';
import type { Operations } from '../../core/service';
import type { ExecutionRecord, Executions, MachineRecord } from './executions';
import type { Machines } from './machines';
import {
  answerToken,
  checkArn,
  checkInput,
  checkName,
  invalidToken,
  PAGE,
  parseOutput,
  withoutData,
} from './requests';

const MAX_HISTORY_PAGE = 1_000;

/** Starting, watching and stopping executions, and answering their task tokens. */
export function executionOperations(machines: Machines, executions: Executions): Operations<'sfn'> {
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

  return {
    async StartExecution({ stateMachineArn, name = randomUUID(), input = '{}' }) {
      checkName(name);
      checkInput(input);
      const { arn, startDate } = start(machines.get(stateMachineArn!), name, input);
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
      const target = machines.get(stateMachineArn!);
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
  };
}
