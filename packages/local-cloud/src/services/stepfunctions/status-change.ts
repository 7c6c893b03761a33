import type { ExecutionRecord, MachineRecord } from './records';
import { redriveStatus } from './redrive';

/**
 * Returns the event "Step Functions Execution Status Change". Its members are those of a recording of AWS:
 * `test_event_bridge_events_base` in
 * https://github.com/localstack/localstack/blob/8b9a79f05846835cf4dff63ab7eefdde9df83783/tests/aws/services/stepfunctions/v2/base/test_base.snapshot.json
 */
export function statusChange(record: ExecutionRecord, machine: MachineRecord | undefined, now: number) {
  const { redriveStatusReason = null, ...redrive } = redriveStatus(record, machine, now);
  return {
    source: 'aws.states',
    detailType: 'Step Functions Execution Status Change',
    detail: {
      executionArn: record.arn,
      stateMachineArn: record.stateMachineArn,
      name: record.name,
      status: record.status,
      startDate: record.startDate,
      stopDate: record.stopDate ?? null,
      input: record.input,
      output: record.output ?? null,
      stateMachineVersionArn: null,
      stateMachineAliasArn: null,
      ...redrive,
      redriveDate: record.redriveDate ?? null,
      redriveStatusReason,
      inputDetails: { included: true },
      outputDetails: record.output === undefined ? null : { included: true },
      error: record.error ?? null,
      cause: record.cause ?? null,
    },
    resources: [record.arn],
  };
}
