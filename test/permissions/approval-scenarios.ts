import { readableCause } from '../../lambda/notify/failure';
import type { EventEnvelope } from 'local-cloud';
import { layout } from '../../lib/contract/layout';
import type { RunRecord } from '../../lib/contract/run';
import { questionsIn, signedLink, type Question } from '../runs/approval-links';
import { until } from '../support/until';
import type { Evidence } from './evidence';
import type { Scenario } from './scenarios';
import type { Run, Harness } from './harness';

/**
 * A model waits for approval, and is deployed while alarms are watched: the permissions that these add to those of any run.
 * Cheapest first.
 */
export const APPROVAL_SCENARIOS: readonly Scenario[] = [
  { name: 'a link to a run without a question', champion: false, logs: true, run: unknownRun },
  { name: 'a model that a link rejects', champion: false, logs: true, run: rejected },
  { name: 'an approved challenger that alarms watch', champion: true, run: watched },
  { name: 'a model that a link approves', champion: false, run: approved },
];

const FUNCTIONS = ['RunApproveAsk', 'RunApproveAnswer'];

/** Without ListBucket, S3 answers 403 for a missing object, and not 404. */
async function unknownRun(harness: Harness, evidence: Evidence): Promise<void> {
  const { cloud } = harness.pipeline.session;
  const base = cloud.localUrl(await approvalUrl(harness));
  const link = { runId: 'unknown-run', action: 'approve', expires: 4_000_000_000 } as const;
  const address = await signedLink(cloud, base, link);
  for (const method of ['GET', 'POST']) await expectStatus(address, method, 404);
  await evidence.functionLogs(['RunApproveAnswer']);
  await evidence.accessLog('RunApproveLinksAccessLog');
}

async function rejected(harness: Harness, evidence: Evidence): Promise<void> {
  const run = await harness.start({ force: true });
  const { reject } = await question(harness, run);
  await expectStatus(reject, 'GET', 200);
  await expectStatus(reject, 'POST', 200);
  await evidence.failure(run, 'ApprovalDenied');
  await harness.cloud.events.settled();
  const record = JSON.parse(await harness.object(layout.record(run.name))) as RunRecord;
  if (record.decision !== 'rejected') throw new Error(`${run.name} is ${record.decision}: ${record.message}`);
  await evidence.functionLogs(FUNCTIONS);
}

async function approved(harness: Harness, evidence: Evidence): Promise<void> {
  const run = await harness.start({ force: true });
  const { approve } = await question(harness, run);
  await expectStatus(approve, 'GET', 200);
  await expectStatus(approve, 'POST', 200);
  await evidence.success(run);
  await evidence.deployed(run);
}

async function watched(harness: Harness, evidence: Evidence): Promise<void> {
  await harness.calmAlarms();
  await approved(harness, evidence);
}

/** Waits for the approval mail of a run. @throws Error if the run ends without one */
async function question(harness: Harness, run: Run): Promise<Question> {
  let end: EventEnvelope | undefined;
  let failure: Error | undefined;
  run.ended.then(
    (event) => (end = event),
    (error: Error) => (failure = error),
  );
  return until(`${run.name} has sent the approval mail`, () => {
    const found = questionsIn(harness.pipeline.mails()).find(({ runId }) => runId === run.name);
    if (found) return found;
    if (failure) throw failure;
    if (!end) return undefined;
    const { error, cause } = end.detail as { error?: string; cause?: string };
    throw new Error(`${run.name} ended without an approval mail: ${error}: ${readableCause(cause)}`);
  });
}

async function expectStatus(address: string, method: string, status: number): Promise<void> {
  const answer = await fetch(address, { method });
  if (answer.status === status) return;
  throw new Error(`${method} of a link returned ${answer.status}, not ${status}`);
}

/** Returns the URL from the environment of the function that mails the links. */
async function approvalUrl(harness: Harness): Promise<string> {
  const { cloud, operator } = harness;
  const FunctionName = harness.physicalId('RunApproveAsk');
  const { Environment } = await cloud.call('lambda', 'GetFunctionConfiguration', { FunctionName }, operator);
  return Environment!.Variables!.APPROVAL_URL!;
}
