import { respond } from '../../../lambda/approve/respond';
import { linkAddress, type SignedLink } from '../../../lambda/shared/approval-link';
import type { ApprovalDesk, ApprovalQuestion } from '../../../lib/contract/approval';
import { AFTER, answered, ENDS, NOW, OneQuestionDesk, QUESTION } from '../support/approval-question';

const MAC = Buffer.alloc(32, 7);

const LINK: SignedLink = { runId: 'run-1', action: 'approve', expires: Date.parse(ENDS) / 1000, mac: MAC };

const BASE = 'https://abc.execute-api.eu-west-1.amazonaws.com/v1/approval';

const queryOf = (link: SignedLink) => Object.fromEntries(new URL(linkAddress(BASE, link)).searchParams);

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
    ['no link', null, QUESTION, NOW, 403, /./],
    ['an altered link', forged, QUESTION, NOW, 403, /./],
    ['an altered link of no run', forged, null, NOW, 403, /./],
    ['a link that expired', LINK, QUESTION, AFTER, 410, /2026-01-04/],
    ['a link of a question before', former, QUESTION, NOW, 410, /./],
    ['a used link', LINK, answered, NOW, 410, /arn:aws:iam::1:user\/ada/],
    ['a link to a run that ended', LINK, { ...answered, status: 'late' }, NOW, 410, /./],
    ['a link to nothing', LINK, null, NOW, 404, /./],
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

  test.each(['GET', 'HEAD'])('%s decides nothing', async (method) => {
    const desk = new OneQuestionDesk(QUESTION);
    await respond(request(method, LINK), around(desk));
    expect([desk.writes, desk.given]).toEqual([[], []]);
  });

  test('POST decides, with the reason of the form', async () => {
    const desk = new OneQuestionDesk(QUESTION);
    const form = 'reason=zu+gro%C3%9F%0A%3Cb%3E';
    const link = { ...LINK, action: 'reject' as const };
    const page = await respond(request('POST', link, form), around(desk));
    expect(page.statusCode).toBe(200);
    expect(desk.given).toEqual([
      expect.objectContaining({ approved: false, by: 'link', reason: 'zu groß <b>' }),
    ]);
  });
});
