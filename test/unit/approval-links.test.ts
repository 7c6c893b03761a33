import { questionMessage } from '../../lambda/ask-approval/message';
import { escape, questionPage } from '../../lambda/approve/page';
import { respond } from '../../lambda/approve/respond';
import { linkAddress, readLink, signedBytes, type SignedLink } from '../../lambda/shared/approval-link';
import type { ApprovalDesk, ApprovalQuestion } from '../../lib/contract/approval';
import { AFTER, answered, ENDS, GATE, NOW, OneQuestionDesk, QUESTION } from './approval-question';

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
    ['a link that expired', LINK, QUESTION, AFTER, 410, /expired at 2026-01-04/],
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
      'passed: 0.9700 (95 % interval 0.9300 to 0.9900), at least 0.85; naive answer 0.6000; champion 0.9500, difference 0.0200 (-0.0100 to 0.0500), tolerance 0.03',
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
