import { randomUUID } from 'node:crypto';
import { notSupported, ServiceError } from '../../model/errors';
import type { Clock } from '../../core/clock';
import { page } from '../../core/paging';
import type { Operations } from '../../core/service';
import type { Executions } from './executions';
import type { Machines } from './machines';
import type { ExecutionRecord, MachineRecord } from './records';
import { redriveStatus } from './redrive';
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

/** Operations that start, describe, stop and redrive executions, and that use task tokens. */
export function executionOperations(
  machines: Machines,
  executions: Executions,
  clock: Clock,
): Operations<'sfn'> {
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
      // An identical request is not an error while the first execution runs.
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
      const record = execution(executionArn!);
      const { input, output, error, cause } = record;
      return {
        ...summary(record),
        ...redriveStatus(record, machines.data[record.stateMachineArn], clock.now()),
        ...{ input, output, error, cause },
        inputDetails: { included: true },
        outputDetails: output === undefined ? undefined : { included: true },
      };
    },

    async RedriveExecution({ executionArn, clientToken }) {
      const redriveDate = executions.redrive(execution(executionArn!), clientToken);
      return { redriveDate: new Date(redriveDate) };
    },

    async ListExecutions({ stateMachineArn, mapRunArn, redriveFilter, statusFilter, maxResults, nextToken }) {
      if (mapRunArn) throw notSupported('Map Runs', 'Give the stateMachineArn.');
      if (stateMachineArn === undefined) {
        // "You can specify either a mapRunArn or a stateMachineArn, but not both" (ListExecutions); the sentence with which
        // AWS refuses neither is not recorded.
        throw new ServiceError('ValidationException', 'Must provide either stateMachineArn or mapRunArn');
      }
      const target = machines.get(stateMachineArn);
      // Recorded: https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/stepfunctions/redrive_execution.json
      if (redriveFilter) {
        throw new ServiceError(
          'ValidationException',
          'RedriveFilter cannot be applied to ListExecutions call with StateMachine ARN',
        );
      }
      const wanted = executions
        .of(target.arn)
        .filter(({ status }) => !statusFilter || status === statusFilter);
      // Newest first.
      const key = ({ startDate, name }: ExecutionRecord) =>
        `${String(1e15 - startDate).padStart(16, '0')}/${name}`;
      const found = page(wanted, key, maxResults || PAGE, nextToken, invalidToken);
      return {
        executions: found.items.map(summary),
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
      const sortKey = (id: number) => String(reverseOrder ? 1e9 - id : id).padStart(10, '0');
      const found = page(events, ({ id }) => sortKey(id!), maxResults || PAGE, nextToken, invalidToken);
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

/** The members of an execution that DescribeExecution and ListExecutions share. */
function summary({ arn, stateMachineArn, name, status, ...record }: ExecutionRecord) {
  const date = (time: number | undefined) => (time === undefined ? undefined : new Date(time));
  return {
    ...{ executionArn: arn, stateMachineArn, name, status },
    startDate: new Date(record.startDate),
    stopDate: date(record.stopDate),
    redriveCount: record.redriveCount ?? 0,
    redriveDate: date(record.redriveDate),
  };
}
