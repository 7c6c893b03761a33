import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, systemClock } from 'local-cloud';
import type { ApprovalLink } from '../../lambda/shared/approval-link';
import type { PipelineConfig } from '../../lib/config';
import { local } from '../../lib/config/local';
import type { ApprovalQuestion } from '../../lib/contract/approval';
import { layout } from '../../lib/contract/layout';
import type { LastRun } from '../../start/report';
import { questionsIn, signedLink, type Question } from './approval-links';
import { assemblyOf } from './assembly';
import { DeployedPipeline } from './support';

const asking: PipelineConfig = { ...local, approval: { days: 1, emails: ['approver@example.com'] } };
const DAY_MS = 86_400_000;

/** A day passes when it is told to; all else waits as ever. */
class Calendar implements Clock {
  readonly now = systemClock.now;
  private waiting: (() => void)[] = [];

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms !== DAY_MS) return systemClock.sleep(ms, signal);
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  passDay(): void {
    for (const wake of this.waiting.splice(0)) wake();
  }
}

const calendar = new Calendar();
let folder: string;
let pipeline: DeployedPipeline;

beforeAll(async () => {
  folder = assemblyOf(asking);
  pipeline = await DeployedPipeline.open({ assembly: folder, executionClock: calendar });
});
afterAll(async () => {
  await pipeline?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Waits for the mail of a run that has been started, or for its end without one. */
async function question(pending: Promise<LastRun>, before: number): Promise<Question> {
  let ended: LastRun | undefined;
  void pending.then((lastRun) => (ended = lastRun));
  for (;;) {
    const asked = questionsIn(pipeline.mails())[before];
    if (asked) return asked;
    if (ended) throw new Error(`${ended.runId} asked nobody: ${ended.message}`);
    await sleep(50);
  }
}

async function stored(runId: string): Promise<ApprovalQuestion> {
  const { cloud } = pipeline.session;
  const place = { Bucket: pipeline.session.outputs.ArtifactsBucketName, Key: layout.approval(runId) };
  const { Body } = await cloud.call('s3', 'GetObject', place);
  return JSON.parse(await text(Body as Readable)) as ApprovalQuestion;
}

const genuine = (base: string, link: ApprovalLink) => signedLink(pipeline.session.cloud, base, link);

function altered(address: string, name: string, value: string | null): string {
  const url = new URL(address);
  if (value === null) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  return url.href;
}

const open = async (address: string, method = 'GET', body?: URLSearchParams) => {
  const response = await fetch(address, { method, ...(body && { body }) });
  return { status: response.status, headers: response.headers, page: await response.text() };
};

let approved: Question;

test('a model waits for a person; looking decides nothing, one confirmed link deploys it', async () => {
  const pending = pipeline.run();
  approved = await question(pending, 0);
  const { runId, approve, reject, mail } = approved;
  expect(mail).toMatch(/^To: approver@example\.com$/m);
  for (const fact of ['accuracy', '95 % interval', 'champion', 'c0ffee', 'data/part-1.csv, version '])
    expect(mail).toContain(fact);

  for (const address of [approve, approve, reject]) {
    const { status, headers, page } = await open(address);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.match(/<button /g)).toHaveLength(1);
  }
  const { searchParams } = new URL(approve);
  const ended = { runId, action: 'approve', expires: Math.floor(Date.now() / 1000) - 1 } as const;
  const refusals: [address: string, status: number][] = [
    [altered(approve, 'action', 'reject'), 403],
    [altered(approve, 'run', `${runId}1`), 403],
    [altered(approve, 'expires', String(Number(searchParams.get('expires')) + 1)), 403],
    [
      altered(
        approve,
        'signature',
        searchParams.get('signature')!.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')),
      ),
      403,
    ],
    [altered(approve, 'signature', null), 403],
    [await genuine(approve, ended), 410],
    [await genuine(approve, { ...ended, runId: 'run-of-nobody', expires: 4_000_000_000 }), 404],
  ];
  for (const [address, status] of refusals) {
    for (const method of ['GET', 'POST']) {
      const answer = await open(address, method);
      expect([address, method, answer.status]).toEqual([address, method, status]);
      expect(answer.page).toContain('nothing was changed');
    }
  }
  expect(await stored(runId)).toMatchObject({ status: 'waiting', answer: null });

  const body = new URLSearchParams({ reason: 'looks <fine>' });
  const answers = await Promise.all([open(approve, 'POST', body), open(approve, 'POST', body)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 410]);
  const lastRun = await pending;
  expect(lastRun).toMatchObject({ runId, decision: 'deployed', championAfter: runId });
  expect(lastRun.message).toContain('Then the model was approved through a link of the mail: looks <fine>.');
  // Whoever watches it is told what to do.
  expect(pipeline.shown).toContain('it waits for approval: npx mlops approve');
  for (const address of [approve, reject]) {
    for (const method of ['GET', 'POST']) {
      const { status, page } = await open(address, method);
      expect([status, page.includes('looks &#60;fine&#62;')]).toEqual([410, true]);
    }
  }
});

test('no log holds a signature', async () => {
  const signatures = [approved.approve, approved.reject].map(
    (address) => new URL(address).searchParams.get('signature')!,
  );
  const kept = join(pipeline.folder, 'cloud');
  const files = () =>
    ['logs', 'executions', 'state'].flatMap((name) =>
      readdirSync(join(kept, name), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    );
  const containing = (words: string) => files().filter((file) => readFileSync(file, 'utf8').includes(words));
  // The access log has the requests by now; it is written a moment after them.
  while (containing(String.raw`\"resourcePath\":\"/approval\"`).length === 0) await sleep(50);
  expect(signatures.flatMap(containing)).toEqual([]);
  const calls = readFileSync(join(kept, 'calls.jsonl'), 'utf8');
  expect(calls).toContain('VerifyMac');
  expect(signatures.filter((signature) => calls.includes(signature))).toEqual([]);
});

test('an operator rejects a model from the command line, once, and it is not trained again', async () => {
  const set = { 'training.seed': '2' };
  const pending = pipeline.run({ set });
  const { runId, approve } = await question(pending, 1);
  const rejected = await pipeline.mlops('reject', runId, '--reason', 'biased\ndata', '--json');
  const { Arn: arn } = await pipeline.session.cloud.call('sts', 'GetCallerIdentity', {});
  expect(JSON.parse(rejected.stdout)).toMatchObject({
    runId,
    approved: false,
    by: arn,
    reason: 'biased data',
  });
  const lastRun = await pending;
  expect(lastRun).toMatchObject({
    runId,
    decision: 'rejected',
    error: 'ApprovalDenied',
    message: `the model was rejected by ${arn}: biased data`,
    championAfter: approved.runId,
  });
  expect(await pipeline.mailOf(runId)).toMatch(/^Run \S+ trained a model that was not approved\./m);
  expect((await open(approve, 'POST')).status).toBe(410);
  const again = await pipeline.mlops('approve', runId);
  expect(again).toMatchObject({ code: 1, stdout: '' });
  expect(again.stderr).toMatch(/^mlops: run "\S+" has ended as FAILED; .*\n$/);
  expect(await pipeline.run({ set })).toMatchObject({ decision: 'nothing-to-do' });
});

test('without an answer in time the model is rejected, and links come too late', async () => {
  const pending = pipeline.run({ set: { 'training.seed': '3' } });
  const { runId, approve } = await question(pending, 2);
  calendar.passDay();
  expect(await pending).toMatchObject({
    runId,
    decision: 'rejected',
    error: 'ApprovalDenied',
    message: 'the question expired after 1 day, so the model was rejected',
    championAfter: approved.runId,
  });
  const late = await open(approve, 'POST');
  expect([late.status, late.page]).toEqual([410, expect.stringContaining('no longer waits')]);
  expect(await stored(runId)).toMatchObject({ status: 'late' });
  expect((await open(approve)).status).toBe(410);
});
