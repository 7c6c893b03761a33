import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { systemClock, type Clock } from 'local-cloud';
import type { ApprovalLink } from '../../lambda/shared/approval-link';
import type { PipelineConfig } from '../../lib/config';
import { local } from '../support/configs';
import type { ApprovalQuestion } from '../../lib/contract/approval';
import { layout } from '../../lib/contract/layout';
import type { LastRun } from '../../start/report';
import { questionsIn, signedLink, type Question } from './approval-links';
import { until } from '../support/until';
import { assemblyOf } from './assembly';
import { story } from './story';
import { DeployedPipeline } from './support';

const asking: PipelineConfig = { ...local, approval: { days: 1, emails: ['approver@example.com'] } };
const DAY_MS = 86_400_000;

/** A day passes when the test says so; shorter waits take their time. */
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

const { step, check } = story();
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

/**
 * Waits for the approval mail of a run.
 *
 * @param before number of approval mails of earlier runs
 * @throws Error if the run ends without one
 */
async function question(pending: Promise<LastRun>, before: number): Promise<Question> {
  let ended: LastRun | undefined;
  void pending.then((lastRun) => (ended = lastRun));
  return until('an approval mail is sent', () => {
    const asked = questionsIn(pipeline.mails())[before];
    if (!asked && ended)
      throw new Error(`run ${ended.runId} ended without an approval mail: ${ended.message}`);
    return asked;
  });
}

async function stored(runId: string): Promise<ApprovalQuestion> {
  const { cloud } = pipeline.session;
  const object = { Bucket: pipeline.session.outputs.ArtifactsBucketName, Key: layout.approval(runId) };
  const { Body } = await cloud.call('s3', 'GetObject', object);
  return JSON.parse(await text(Body as Readable)) as ApprovalQuestion;
}

const signed = (base: string, link: ApprovalLink) => signedLink(pipeline.session.cloud, base, link);

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

step('a run waits for approval; GET decides nothing, the first POST deploys the model', async () => {
  const pending = pipeline.run();
  approved = await question(pending, 0);
  const { runId, approve, reject, mail } = approved;
  expect(mail).toMatch(/^To: approver@example\.com$/m);
  for (const fact of ['accuracy', 'c0ffee', 'data/part-1.csv']) expect(mail).toContain(fact);

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
    [await signed(approve, ended), 410],
    [await signed(approve, { ...ended, runId: 'unknown-run', expires: 4_000_000_000 }), 404],
  ];
  for (const [address, status] of refusals) {
    for (const method of ['GET', 'POST']) {
      const answer = await open(address, method);
      expect([address, method, answer.status]).toEqual([address, method, status]);
    }
  }
  expect(await stored(runId)).toMatchObject({ status: 'waiting', answer: null });

  const body = new URLSearchParams({ reason: 'looks <fine>' });
  const answers = await Promise.all([open(approve, 'POST', body), open(approve, 'POST', body)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 410]);
  const lastRun = await pending;
  expect(lastRun).toMatchObject({ runId, decision: 'deployed', championAfter: runId });
  expect(lastRun.message).toContain('looks <fine>');
  // The progress names the command that approves.
  expect(pipeline.shown).toContain('npx mlops approve');
  for (const address of [approve, reject]) {
    for (const method of ['GET', 'POST']) {
      const { status, page } = await open(address, method);
      expect([status, page.includes('looks &#60;fine&#62;')]).toEqual([410, true]);
    }
  }
});

check('no log holds a signature', async () => {
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
  // It is written a moment after the requests.
  const logged = String.raw`\"resourcePath\":\"/approval\"`;
  await until('the access log has the requests', () => containing(logged).length > 0);
  expect(signatures.flatMap(containing)).toEqual([]);
  const calls = readFileSync(join(kept, 'calls.jsonl'), 'utf8');
  expect(calls).toContain('VerifyMac');
  expect(signatures.filter((signature) => calls.includes(signature))).toEqual([]);
});

step('mlops reject rejects a model once, and the same input is not trained again', async () => {
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
    message: expect.stringContaining('biased data') as string,
    championAfter: approved.runId,
  });
  expect(await pipeline.mailOf(runId)).toContain('ApprovalDenied');
  expect((await open(approve, 'POST')).status).toBe(410);
  const again = await pipeline.mlops('approve', runId);
  expect(again).toMatchObject({ code: 1, stdout: '' });
  expect(again.stderr).toContain(runId);
  expect(await pipeline.run({ set })).toMatchObject({ decision: 'nothing-to-do' });
});

step('without an answer in time the model is rejected, and the links are void', async () => {
  const pending = pipeline.run({ set: { 'training.seed': '3' } });
  const { runId, approve } = await question(pending, 2);
  calendar.passDay();
  expect(await pending).toMatchObject({
    runId,
    decision: 'rejected',
    error: 'ApprovalDenied',
    championAfter: approved.runId,
  });
  const late = await open(approve, 'POST');
  expect(late.status).toBe(410);
  expect(await stored(runId)).toMatchObject({ status: 'late' });
  expect((await open(approve)).status).toBe(410);
});
