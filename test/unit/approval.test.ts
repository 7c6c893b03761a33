import { setTimeout as sleep } from 'node:timers/promises';
import { questionMessage } from '../../lambda/ask-approval/message';
import { expiryOf, modelReport } from '../../lambda/ask-approval/question';
import { escape, questionPage } from '../../lambda/approve/page';
import { respond } from '../../lambda/approve/respond';
import { linkAddress, readLink, signedBytes, type SignedLink } from '../../lambda/shared/approval-link';
import { settled } from '../../cli/commands/approve';
import {
  BY_LINK,
  decideOnce,
  reasonOf,
  standingOf,
  type ApprovalAnswer,
  type ApprovalDecision,
  type ApprovalDesk,
  type ApprovalQuestion,
  type Ruling,
} from '../../lib/contract/approval';
import type { GateDecision } from '../../lib/contract/gate';
import type { RunManifest } from '../../lib/contract/run';

const ASKED = '2026-01-02T03:04:05.000Z';
const ENDS = '2026-01-04T03:04:05.000Z';
const NOW = new Date('2026-01-03T00:00:00Z');
const AFTER = new Date(ENDS);

const pinned = (key: string) => ({ key, versionId: `v-${key}`, size: 10 });
const MANIFEST: RunManifest = {
  runId: 'run-1',
  fingerprint: 'f',
  gitCommit: 'c0ffee',
  schema: pinned('schema.json'),
  data: ['1', '2', '3', '4', '5', '6', '7'].map(pinned),
  images: { training: 'hash' },
  hyperparameters: { 'training.epochs': 5 },
  champion: 'run-0',
};
const GATE: GateDecision = {
  accepted: true,
  reason: 'accuracy 0.9700 reaches the threshold 0.85',
  metrics: { accuracy: 0.97, holdoutRows: 110 },
  accuracyInterval: [0.93, 0.99],
  championAccuracy: 0.95,
  verdicts: [
    {
      name: 'accuracy',
      direction: 'higher',
      passed: true,
      value: 0.97,
      interval: [0.93, 0.99],
      threshold: 0.85,
      champion: { value: 0.95, difference: 0.02, interval: [-0.01, 0.05], tolerance: 0.03 },
    },
  ],
};
const QUESTION: ApprovalQuestion = {
  runId: 'run-1',
  executionArn: 'arn:aws:states:eu-west-1:123456789012:execution:machine:run-1',
  environment: 'dev',
  taskToken: 'token',
  askedAt: ASKED,
  expiresAt: ENDS,
  status: 'waiting',
  answer: null,
  report: modelReport(MANIFEST, GATE, 's3://artifacts/runs/run-1/manifest.json'),
};
const ANSWER: ApprovalAnswer = {
  approved: false,
  by: 'arn:aws:iam::1:user/ada',
  at: '2026-01-02T10:00:00.000Z',
  reason: null,
  message: 'the model was rejected by arn:aws:iam::1:user/ada',
};
const answered = { ...QUESTION, status: 'answered' as const, answer: ANSWER };

/** One object with an ETag, and one waiting task; every step takes a turn, as calls do. */
class OneQuestionDesk implements ApprovalDesk {
  version = 1;
  readonly given: ApprovalAnswer[] = [];
  writes: ApprovalQuestion['status'][] = [];

  constructor(
    public question: ApprovalQuestion | null,
    public waits = true,
  ) {}

  async read() {
    await sleep(0);
    return this.question && { question: this.question, etag: `v${this.version}` };
  }

  async replace(question: ApprovalQuestion, etag: string) {
    await sleep(0);
    if (etag !== `v${this.version}`) return null;
    this.question = question;
    this.writes.push(question.status);
    return `v${++this.version}`;
  }

  async answer(_: string, answer: ApprovalAnswer) {
    if (!this.waits) return false;
    this.waits = false;
    this.given.push(answer);
    return true;
  }
}

const approve: ApprovalDecision = { action: 'approve', by: BY_LINK, reason: null };
const reject: ApprovalDecision = { action: 'reject', by: 'arn:aws:iam::1:user/bob', reason: 'too risky' };

describe('a decision', () => {
  test.each<[ApprovalDecision, Partial<ApprovalAnswer>]>([
    [approve, { approved: true, by: 'link', message: 'the model was approved through a link of the mail' }],
    [
      reject,
      {
        approved: false,
        reason: 'too risky',
        message: 'the model was rejected by arn:aws:iam::1:user/bob: too risky',
      },
    ],
  ])('%j is written first and then handed over', async (decision, expected) => {
    const desk = new OneQuestionDesk(QUESTION);
    const ruling = await decideOnce(desk, 'run-1', decision, NOW);
    const answer = { ...expected, at: NOW.toISOString() };
    expect(ruling).toMatchObject({ kind: 'decided', answer });
    expect(desk.question).toMatchObject({ status: 'answered', answer, taskToken: 'token' });
    expect(desk.given).toEqual([expect.objectContaining(answer)]);
  });

  test.each<[string, ApprovalQuestion | null, ApprovalDecision, Date, Ruling]>([
    ['of a run that asked nothing', null, approve, NOW, { kind: 'unknown' }],
    ['on a question that has its answer', answered, approve, NOW, { kind: 'answered', answer: ANSWER }],
    ['after the end', QUESTION, approve, AFTER, { kind: 'expired', expiresAt: ENDS }],
    ['on a run that has ended', { ...answered, status: 'late' }, approve, NOW, { kind: 'late' }],
    [
      'by a link of a question before',
      QUESTION,
      { ...approve, expiresAt: Date.parse(ASKED) },
      NOW,
      { kind: 'expired', expiresAt: ASKED },
    ],
  ])('%s changes nothing', async (_, question, decision, now, expected) => {
    const desk = new OneQuestionDesk(question, false);
    expect(await decideOnce(desk, 'run-1', decision, now)).toEqual(expected);
    expect(desk.writes).toEqual([]);
  });

  test('of many at the same time, one counts and all others learn it', async () => {
    const desk = new OneQuestionDesk(QUESTION);
    const all = Array.from({ length: 20 }, (_, i) =>
      decideOnce(desk, 'run-1', i % 2 ? approve : reject, NOW),
    );
    const rulings = await Promise.all(all);
    const winner = rulings.find(({ kind }) => kind === 'decided') as { answer: ApprovalAnswer };
    expect(rulings.filter(({ kind }) => kind === 'decided')).toHaveLength(1);
    expect(rulings.filter(({ kind }) => kind === 'answered')).toHaveLength(19);
    for (const ruling of rulings) expect(ruling).toMatchObject({ answer: winner.answer });
    expect([desk.writes, desk.given]).toEqual([['answered'], [winner.answer]]);
  });

  test('that finds nobody waiting is told so, now and later', async () => {
    const desk = new OneQuestionDesk(QUESTION, false);
    expect(await decideOnce(desk, 'run-1', approve, NOW)).toEqual({ kind: 'late' });
    expect(await decideOnce(desk, 'run-1', reject, NOW)).toEqual({ kind: 'late' });
    expect(desk.writes).toEqual(['answered', 'late']);
  });

  // The function may end between the write and the answer.
  test('that was cut short reaches the run with the next try, whatever that says', async () => {
    const desk = new OneQuestionDesk(answered);
    expect(await decideOnce(desk, 'run-1', approve, NOW)).toEqual({ kind: 'answered', answer: ANSWER });
    expect(desk.given).toEqual([ANSWER]);
  });
});

test.each([
  [NOW, undefined, 'open'],
  [new Date(Date.parse(ENDS) - 1), Date.parse(ENDS), 'open'],
  [AFTER, undefined, 'expired'],
  [NOW, Date.parse(ENDS) + 1000, 'expired'],
])('at %s a question with the end %s is %s', (now, expiresAt, kind) => {
  expect(standingOf(QUESTION, now, expiresAt).kind).toBe(kind);
});

test.each([
  [undefined, null],
  ['', null],
  [' \n\t ', null],
  [' two\r\nlines\u0000 ', 'two lines'],
  ['é'.repeat(600), 'é'.repeat(500)],
])('the reason %j is kept as %j', (given, kept) => expect(reasonOf(given)).toBe(kept));

test('links end in whole seconds after the configured days', () => {
  expect(expiryOf(new Date('2026-01-02T03:04:05.678Z'), 2)).toBe(Date.parse(ENDS) / 1000);
});

const MAC = Buffer.alloc(32, 7);
const LINK: SignedLink = { runId: 'run-1', action: 'approve', expires: Date.parse(ENDS) / 1000, mac: MAC };
const BASE = 'https://abc.execute-api.eu-west-1.amazonaws.com/v1/approval';
const queryOf = (link: SignedLink) => Object.fromEntries(new URL(linkAddress(BASE, link)).searchParams);

describe('links', () => {
  test.each(['run-1', 'a+b=c', 'mit Ümlaut & mehr', '100%'])('lead back to run %j', (runId) => {
    expect(readLink(queryOf({ ...LINK, runId }))).toEqual({ ...LINK, runId });
  });

  const { signature, ...unsigned } = queryOf(LINK);
  test.each([
    [null],
    [{}],
    [unsigned],
    [{ ...unsigned, signature: signature!.slice(1) }],
    [{ ...unsigned, signature: `${signature!.slice(1)}+` }],
    [{ ...queryOf(LINK), action: 'delete' }],
    [{ ...queryOf(LINK), expires: '1e9' }],
    [{ ...queryOf(LINK), expires: '-5' }],
    [{ ...queryOf(LINK), run: '' }],
    [{ ...queryOf(LINK), run: 'x'.repeat(81) }],
  ])('%j is none', (query) => expect(readLink(query)).toBeUndefined());

  test('no two say the same', () => {
    const links = [
      LINK,
      { ...LINK, runId: 'run-1","approve' },
      { ...LINK, action: 'reject' as const },
      { ...LINK, expires: LINK.expires + 1 },
    ];
    expect(new Set(links.map((link) => Buffer.from(signedBytes(link)).toString())).size).toBe(links.length);
  });
});

describe('a request', () => {
  const request = (httpMethod: string, link: SignedLink | null, body: string | null = null) => ({
    httpMethod,
    queryStringParameters: link && queryOf(link),
    body,
    isBase64Encoded: false,
  });
  const around = (desk: ApprovalDesk, now = NOW) => ({
    desk,
    now,
    links: { isGenuine: async ({ mac }: SignedLink) => Buffer.from(mac).equals(MAC) },
  });
  const forged = { ...LINK, mac: Buffer.alloc(32, 8) };
  const former = { ...LINK, expires: LINK.expires - 86_400 };

  test.each<[string, SignedLink | null, ApprovalQuestion | null, Date, number, RegExp]>([
    ['a link of ours', LINK, QUESTION, NOW, 200, /<button type="submit" class="approve">/],
    ['no link', null, QUESTION, NOW, 403, /nothing was changed/],
    ['an altered link', forged, QUESTION, NOW, 403, /nothing was changed/],
    ['an altered link of no run', forged, null, NOW, 403, /nothing was changed/],
    ['a link that expired', LINK, QUESTION, AFTER, 410, /ended at 2026-01-04/],
    ['a link of a question before', former, QUESTION, NOW, 410, /nothing was changed/],
    ['a used link', LINK, answered, NOW, 410, /rejected by arn:aws:iam::1:user\/ada/],
    ['a link to a run that ended', LINK, { ...answered, status: 'late' }, NOW, 410, /no longer waits/],
    ['a link to nothing', LINK, null, NOW, 404, /nothing was changed/],
  ])('with %s is answered by a page', async (_, link, question, now, status, words) => {
    for (const method of ['GET', 'POST']) {
      if (method === 'POST' && status === 200) continue;
      const desk = new OneQuestionDesk(question, false);
      const { statusCode, body, headers } = await respond(request(method, link), around(desk, now));
      expect([method, statusCode]).toEqual([method, status]);
      expect(body).toMatch(words);
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
      expect(desk.writes).toEqual([]);
    }
  });

  test.each(['GET', 'HEAD'])('a %s decides nothing', async (method) => {
    const desk = new OneQuestionDesk(QUESTION);
    await respond(request(method, LINK), around(desk));
    expect([desk.writes, desk.given]).toEqual([[], []]);
  });

  test('a POST decides, with the reason of the form', async () => {
    const desk = new OneQuestionDesk(QUESTION);
    const form = 'reason=zu+gro%C3%9F%0A%3Cb%3E';
    const link = { ...LINK, action: 'reject' as const };
    const page = await respond(request('POST', link, form), around(desk));
    expect([page.statusCode, page.body]).toEqual([200, expect.stringContaining('The model is rejected')]);
    expect(desk.given).toEqual([
      expect.objectContaining({ approved: false, by: 'link', reason: 'zu groß <b>' }),
    ]);
  });
});

describe('what people read', () => {
  const evil = '"><script>alert(1)</script>&\'';
  const hostile: ApprovalQuestion = {
    ...QUESTION,
    runId: evil,
    environment: evil,
    report: {
      ...QUESTION.report,
      reason: evil,
      metrics: { [evil]: 1 },
      verdicts: [{ ...QUESTION.report.verdicts[0]!, name: evil }],
      champion: evil,
      gitCommit: evil,
      images: { [evil]: evil },
      hyperparameters: { [evil]: 1 },
      schema: { ...QUESTION.report.schema, key: evil },
    },
  };

  test('a page holds no markup that came from elsewhere', () => {
    const { body } = questionPage(hostile, 'approve');
    expect(body).toContain(escape(evil));
    expect(body).not.toMatch(/<script|"&gt;|alert\(1\)<\/script/);
    const tags = new Set([...body.matchAll(/<\/?([a-z0-9]+)/g)].map(([, name]) => name));
    const known = new Set(
      [...questionPage(QUESTION, 'approve').body.matchAll(/<\/?([a-z0-9]+)/g)].map(([, n]) => n),
    );
    expect(tags).toEqual(known);
  });

  test('mail and page show the numbers, the champion and what the model was made of', () => {
    const { subject, body } = questionMessage(QUESTION, { approve: 'https://a', reject: 'https://r' });
    expect(subject).toBe('[dev] approve?: run-1');
    expect(body).toMatch(/^Approve:\nhttps:\/\/a\n\nReject:\nhttps:\/\/r\n/m);
    const { body: page } = questionPage(QUESTION, 'reject');
    for (const fact of [
      GATE.reason,
      '0.9700',
      '0.9300 to 0.9900',
      'passed: 0.9700 (0.9300 to 0.9900), at least 0.85; champion 0.9500, difference 0.0200 (-0.0100 to 0.0500), tolerance 0.03',
      'run-0',
      'c0ffee',
      'schema.json, version v-schema.json',
      '7 objects, 70 bytes; all in s3://artifacts/runs/run-1/manifest.json',
      '5, version v-5',
      '2 more',
    ]) {
      expect(body).toContain(fact);
      expect(page).toContain(fact);
    }
    expect(body).not.toContain('v-6');
    expect(body).toContain('until 2026-01-04 03:04 UTC');
  });
});

test.each<[Ruling, RegExp]>([
  [
    { kind: 'answered', answer: ANSWER },
    /has its answer already: the model was rejected by .*, at 2026-01-02 10:00:00 UTC/,
  ],
  [{ kind: 'late' }, /has ended meanwhile/],
  [{ kind: 'expired', expiresAt: ENDS }, /waited until 2026-01-04 03:04:05 UTC/],
  [{ kind: 'unknown' }, /waits for nobody: it has not asked/],
])('an operator is refused in one sentence: %j', (ruling, message) => {
  expect(() => settled(ruling, 'run-1')).toThrow(message);
});
