import { linkAddress, readLink, signedBytes, type SignedLink } from '../../../lambda/shared/approval-link';
import { ENDS } from '../support/approval-question';

const MAC = Buffer.alloc(32, 7);

const LINK: SignedLink = { runId: 'run-1', action: 'approve', expires: Date.parse(ENDS) / 1000, mac: MAC };

const BASE = 'https://abc.execute-api.eu-west-1.amazonaws.com/v1/approval';

const queryOf = (link: SignedLink) => Object.fromEntries(new URL(linkAddress(BASE, link)).searchParams);

describe('links', () => {
  test.each(['run-1', 'a+b=c', 'mit Ümlaut & mehr', '100%'])('keep the run id %j', (runId) => {
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
  ])('%j is not a link', (query) => expect(readLink(query)).toBeUndefined());

  test('different links have different signed bytes', () => {
    const links = [
      LINK,
      { ...LINK, runId: 'run-1","approve' },
      { ...LINK, action: 'reject' as const },
      { ...LINK, expires: LINK.expires + 1 },
    ];
    expect(new Set(links.map((link) => Buffer.from(signedBytes(link)).toString())).size).toBe(links.length);
  });
});
