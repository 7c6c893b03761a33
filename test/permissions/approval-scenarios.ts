import { setTimeout as sleep } from 'node:timers/promises';
import type { EventEnvelope } from 'local-cloud/testing';
import { readableCause } from '../../lambda/notify/failure';
import { layout } from '../../lib/contract/layout';
import type { RunRecord } from '../../lib/contract/run';
import { questionsIn, signedLink, type Question } from '../runs/approval-links';
import type { Evidence } from './evidence';
import type { Scenario } from './scenarios';
import type { Run, Workbench } from './workbench';

/**
 * A model waits for a person, and takes over while alarms are watched: what that asks for beside all that a run asks for
 * anyway. Cheapest first.
 */
export const APPROVAL_SCENARIOS: readonly Scenario[] = [
  { name: 'a link to a run that asked nothing', champion: false, logs: true, run: unknownRun },
  { name: 'a model that a link rejects', champion: false, logs: true, run: rejected },
  { name: 'an approved challenger that alarms watch', champion: true, run: watched },
  { name: 'a model that a link approves', champion: false, run: approved },
];

const FUNCTIONS = ['ApprovalAsk', 'ApprovalApprove'];

/** It has to be told from one that may not be looked at. */
async function unknownRun(bench: Workbench, evidence: Evidence): Promise<void> {
  const { cloud } = bench.pipeline.session;
  const base = cloud.localUrl(await approvalUrl(bench));
  const link = { runId: 'run-of-nobody', action: 'approve', expires: 4_000_000_000 } as const;
  const address = await signedLink(cloud, base, link);
  for (const method of ['GET', 'POST']) await expectStatus(address, method, 404);
  await evidence.functionLogs(['ApprovalApprove']);
  await evidence.accessLog('ApprovalLinksAccessLog');
}

async function rejected(bench: Workbench, evidence: Evidence): Promise<void> {
  const run = await bench.start({ force: true });
  const { reject } = await question(bench, run);
  await expectStatus(reject, 'GET', 200);
  await expectStatus(reject, 'POST', 200);
  await evidence.failure(run, 'ApprovalDenied');
  await bench.cloud.events.settled();
  const record = JSON.parse(await bench.object(layout.record(run.name))) as RunRecord;
  if (record.decision !== 'rejected') throw new Error(`${run.name} is ${record.decision}: ${record.message}`);
  await evidence.functionLogs(FUNCTIONS);
}

async function approved(bench: Workbench, evidence: Evidence): Promise<void> {
  const run = await bench.start({ force: true });
  const { approve } = await question(bench, run);
  await expectStatus(approve, 'GET', 200);
  await expectStatus(approve, 'POST', 200);
  await evidence.success(run);
  await evidence.deployed(run);
}

async function watched(bench: Workbench, evidence: Evidence): Promise<void> {
  await bench.calmAlarms();
  await approved(bench, evidence);
}

/** The mail of a run; throws where the run ends without one. */
async function question(bench: Workbench, run: Run): Promise<Question> {
  let end: EventEnvelope | undefined;
  let failure: Error | undefined;
  run.ended.then(
    (event) => (end = event),
    (error: Error) => (failure = error),
  );
  for (;;) {
    const found = questionsIn(bench.pipeline.mails()).find(({ runId }) => runId === run.name);
    if (found) return found;
    if (failure) throw failure;
    if (end) {
      const { error, cause } = end.detail as { error?: string; cause?: string };
      throw new Error(`${run.name} asked nobody: ${error}: ${readableCause(cause)}`);
    }
    await sleep(50);
  }
}

async function expectStatus(address: string, method: string, status: number): Promise<void> {
  const answer = await fetch(address, { method });
  if (answer.status === status) return;
  throw new Error(`${method} of a link is answered ${answer.status}, not ${status}`);
}

/** As the function has it that mails links. */
async function approvalUrl(bench: Workbench): Promise<string> {
  const { cloud, operator } = bench;
  const FunctionName = bench.physicalId('ApprovalAsk');
  const { Environment } = await cloud.call('lambda', 'GetFunctionConfiguration', { FunctionName }, operator);
  return Environment!.Variables!.APPROVAL_URL!;
}
