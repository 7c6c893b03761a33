import { DescribeExecutionCommand, GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { PublishCommand } from '@aws-sdk/client-sns';
import type { RunRecord } from '../../../lib/contract/run';
import { GATE } from '../support/approval-question';
import { TRAINED } from '../support/execution-history';
import { fakeClients, serviceError, setEnvironment } from '../support/fake-clients';

setEnvironment({
  ...{ ARTIFACTS_BUCKET: 'artifacts', TOPIC_ARN: 'topic' },
  ...{ RESOURCE_PREFIX: 'mlops-dev', ENVIRONMENT_NAME: 'dev', MODEL_NAME: 'table' },
});
let handler: typeof import('../../../lambda/notify').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/notify/index.ts')));

const aws = fakeClients();
const RECORD = 'runs/run-2/record.json';
const executionArn = 'arn:aws:states:eu-west-1:1:execution:M:run-2';
const event = { detail: { executionArn, name: 'run-2' } } as Parameters<typeof handler>[0];

function execution(end: object): void {
  aws.expect(DescribeExecutionCommand, { executionArn }, end);
  aws.expect(GetExecutionHistoryCommand, { executionArn, maxResults: 1_000 }, { events: TRAINED });
}
const stored = { 'champion.json': { runId: 'run-1' }, 'runs/run-2/decision.json': null };

test.each<[string, object, Record<string, unknown>, Partial<RunRecord>, object]>([
  [
    'failed',
    { status: 'FAILED', error: 'InvalidData', cause: 'no rows' },
    stored,
    { decision: 'failed', error: 'InvalidData', championAfter: 'run-1', headline: null },
    { RunsFailed: 1 },
  ],
  [
    'was rejected',
    { status: 'FAILED', error: 'ModelRejected', cause: 'too low' },
    { ...stored, 'runs/run-2/decision.json': GATE },
    { decision: 'rejected', error: 'ModelRejected', metrics: GATE.metrics },
    { RunsRejected: 1, RunsCompleted: 1, GateMetric: 0.97 },
  ],
  [
    'was aborted, without a champion',
    { status: 'ABORTED' },
    { ...stored, 'champion.json': null },
    { decision: 'aborted', championBefore: null, championAfter: null },
    { RunsAborted: 1 },
  ],
  ['timed out', { status: 'TIMED_OUT' }, stored, { decision: 'failed' }, { RunsFailed: 1 }],
])('a run that %s is recorded, mailed and counted', async (_, end, objects, expected, metrics) => {
  execution(end);
  aws.bucket('artifacts', objects, [RECORD]);
  const Subject = `[table-dev] ${expected.decision}: run-2`;
  aws.expect(PublishCommand, { TopicArn: 'topic', Subject, Message: expect.any(String) as string }, {});
  await handler(event);
  const record = aws.stored('artifacts', RECORD);
  expect(record).toMatchObject({ ...expected, runId: 'run-2', cost: { spotSavings: 60 } });
  expect(aws.metrics).toMatchObject(metrics);
});

test('an execution that cannot be described fails the function, to be tried again', async () => {
  execution(serviceError('ThrottlingException'));
  aws.bucket('artifacts', stored);
  await expect(handler(event)).rejects.toMatchObject({ name: 'ThrottlingException' });
  expect(aws.logs).toMatchObject([{ runId: 'run-2', error: 'ThrottlingException' }]);
});
