import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { PublishCommand } from '@aws-sdk/client-sns';
import type { ReportRequest } from '../../../lambda/report/record';
import type { RunRecord } from '../../../lib/contract/run';
import { CHAMPION } from '../../templates/support/dry-run';
import { RESTORATION } from '../../templates/support/restore-endings';
import { GATE } from '../support/approval-question';
import { TRAINED } from '../support/execution-history';
import { fakeClients, serviceError, setEnvironment } from '../support/fake-clients';

setEnvironment({
  ...{ ARTIFACTS_BUCKET: 'artifacts', TOPIC_ARN: 'topic' },
  ...{ RESOURCE_PREFIX: 'mlops-dev', ENVIRONMENT_NAME: 'dev', MODEL_NAME: 'table' },
});
let handler: typeof import('../../../lambda/report').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/report/index.ts')));

const aws = fakeClients();
const RECORD = 'runs/run-2/record.json';
const executionArn = 'arn:aws:states:eu-west-1:1:execution:M:run-2';
const request = {
  runId: 'run-2',
  executionArn,
  plan: {
    ...{ runId: 'run-2', fingerprint: 'f', champion: { runId: 'run-1' } },
    uris: { manifest: 's3://artifacts/runs/run-2/manifest.json' },
    trigger: { kind: 'manual', detail: '' },
  },
  data: { rows: { train: 60, validation: 20, test: 20 }, rejected: 0, note: '', warnings: [] },
  decision: GATE,
  training: { jobName: 'job', trainingSeconds: 100, billableSeconds: 40 },
  retired: { runs: ['run-0'], failure: null },
  ...{ endpointName: 'endpoint', testing: false, comparison: null, modelPackage: 'arn:package' },
} as unknown as ReportRequest & { runId: string };

const history = () =>
  aws.expect(GetExecutionHistoryCommand, { executionArn, maxResults: 1_000 }, { events: TRAINED });
const mail = (Subject: string, answer: object = {}) =>
  aws.expect(PublishCommand, { TopicArn: 'topic', Subject, Message: expect.any(String) as string }, answer);

test.each<[string, boolean, Partial<RunRecord>, object]>([
  ['deployed', false, { championBefore: 'run-1', championAfter: 'run-2' }, { RunsDeployed: 1 }],
  ['testing', true, { championBefore: 'run-1', championAfter: 'run-1' }, { RunsTesting: 1 }],
])('a run that ends as %s is recorded, mailed and counted', async (decision, testing, champions, metrics) => {
  history();
  aws.bucket('artifacts', { [RECORD]: null }, [RECORD]);
  mail(`[table-dev] ${decision}: run-2`);
  const record = await handler({ ...request, testing });
  expect(record).toMatchObject({ decision, environment: 'dev', ...champions, headline: GATE.headline });
  expect(record.cost).toMatchObject({ spotSavings: 60, parts: [{ what: 'Train model', seconds: 40 }] });
  expect(aws.stored('artifacts', RECORD)).toEqual(record);
  expect(aws.metrics).toMatchObject({ ...metrics, RunsCompleted: 1, GateMetric: 0.97, BillableSeconds: 40 });
});

test.each([
  ['and ends', false, { RunsRestored: 1, RunsCompleted: 1, EndpointFaults: 0 }],
  ['and goes on to train', true, { EndpointFaults: 0 }],
])('a run that restored the endpoint %s is recorded, mailed and counted', async (_, changed, metrics) => {
  aws.bucket('artifacts', changed ? {} : { [RECORD]: null }, changed ? [] : [RECORD]);
  mail('[table-dev] restored: run-2');
  const plan = {
    ...{ runId: 'run-2', changed, champion: CHAMPION, restore: RESTORATION, warnings: [] },
    trigger: { kind: 'manual', detail: '' } as const,
  };
  const record = await handler({ runId: 'run-2', executionArn, plan, endpointName: 'endpoint' });
  expect(record).toMatchObject({
    ...{ decision: 'restored', championBefore: CHAMPION.runId, championAfter: CHAMPION.runId },
    message: expect.stringContaining(RESTORATION.reason),
  });
  if (!changed) expect(aws.stored('artifacts', RECORD)).toEqual(record);
  const { Environment: _place, runId: _run, ...counted } = aws.metrics;
  expect(counted).toEqual(metrics);
});

// Step Functions calls it again if the answer was lost.
test.each([
  ['its own record: the team has the mail', 'deployed', 0],
  ['that of a failure, in a redrive', 'failed', 1],
])('a call that finds %s', async (_, decision, mails) => {
  history();
  aws.bucket('artifacts', { [RECORD]: { decision } }, [RECORD]);
  if (mails > 0) mail('[table-dev] deployed: run-2');
  expect(await handler(request)).toMatchObject({ decision: 'deployed' });
  expect(aws.sent(PublishCommand)).toHaveLength(mails);
});

test('a mail that cannot be sent fails the function, after the record is stored', async () => {
  history();
  aws.bucket('artifacts', { [RECORD]: null }, [RECORD]);
  mail('[table-dev] deployed: run-2', serviceError('AuthorizationErrorException'));
  await expect(handler(request)).rejects.toMatchObject({ name: 'AuthorizationErrorException' });
  expect(aws.stored('artifacts', RECORD)).toMatchObject({ runId: 'run-2' });
  expect(aws.metrics).toEqual({});
});
