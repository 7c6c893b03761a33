import { imageStatus } from '../../../cli/doctor/account';

test('the registry is queried with an anonymous token', async () => {
  const asked: [string, RequestInit | undefined][] = [];
  const request = (async (url: string, init?: RequestInit) => {
    asked.push([url, init]);
    return url.includes('/token/') ? Response.json({ token: 't' }) : new Response(null, { status: 200 });
  }) as typeof fetch;
  expect(await imageStatus('public.ecr.aws/a/b:1', request)).toBe(200);
  expect(asked[1]).toMatchObject([
    'https://public.ecr.aws/v2/a/b/manifests/1',
    { method: 'HEAD', headers: { authorization: 'Bearer t' } },
  ]);
  const failing = (() => Promise.reject(new Error('no way'))) as typeof fetch;
  expect(await imageStatus('public.ecr.aws/a/b:1', failing)).toBeUndefined();
});
