import {
  checkBootstrap,
  checkCredentials,
  checkEndpoint,
  checkImage,
  checkMail,
  checkParameters,
  checkQuota,
  type Finding,
} from '../../cli/doctor/checks';
import { imageStatus } from '../../cli/doctor/account';
import { neededQuotas } from '../../cli/doctor/quotas';
import { dev } from '../../lib/config/dev';
import type { PipelineConfig } from '../../lib/config';

const quota = { name: 'ml.g5.xlarge for spot training job usage', instances: 1, field: 'training' };
const mine = { app: 'mlops', environment: 'dev' };
const confirmed = [{ endpoint: 'a@b.c', confirmed: true }];

test.each<[string, Finding, Finding['result'], RegExp]>([
  ['any account', checkCredentials('1', undefined), 'ok', /account 1/],
  ['another account', checkCredentials('1', '2'), 'fails', /belongs to 2/],
  ['a bootstrapped account', checkBootstrap('21', '1', 'r'), 'ok', /21/],
  ['an old bootstrap', checkBootstrap('5', '1', 'r'), 'fails', /version 5; at least 6/],
  ['none', checkBootstrap(undefined, '1', 'r'), 'fails', /not bootstrapped/],
  ['enough', checkQuota(quota, 1), 'ok', /1, needed 1/],
  ['a quota of 0', checkQuota(quota, 0), 'fails', /0, needed 1/],
  ['one that a run can do without', checkQuota({ ...quota, optional: true }, 0), 'warning', /0, needed 1/],
  ['one that is not listed', checkQuota(quota, undefined), 'warning', /does not list/],
  ['all parameters', checkParameters('/p', 3, 3, true), 'ok', /3 below/],
  ['a missing parameter', checkParameters('/p', 2, 3, true), 'fails', /2 of 3/],
  ['no deployment', checkParameters('/p', 0, 3, false), 'warning', /not deployed/],
  ['nobody', checkMail([], []), 'warning', /nobody hears/],
  ['no topic', checkMail(['a@b.c'], undefined), 'warning', /not deployed/],
  ['a confirmed address', checkMail(['a@b.c'], confirmed), 'ok', /1 confirmed/],
  ['an open one', checkMail(['a@b.c'], [{ endpoint: 'a@b.c', confirmed: false }]), 'fails', /not confirmed/],
  ['one that is not subscribed', checkMail(['x@y.z'], confirmed), 'fails', /not subscribed/],
  ['a free name', checkEndpoint('e', undefined, mine), 'ok', /free/],
  ["the environment's own", checkEndpoint('e', { ...mine, run: 'r' }, mine), 'ok', /own/],
  ["somebody else's", checkEndpoint('e', { app: 'other' }, mine), 'fails', /somebody else/],
  ['an image', checkImage('i', 200), 'ok', /i/],
  ['no image', checkImage('i', 404), 'fails', /answers 404/],
  ['no registry', checkImage('i', undefined), 'fails', /does not answer/],
])('%s: %#', (_, { result, found, fix }, expected, words) => {
  expect(result).toBe(expected);
  expect(found).toMatch(words);
  // Whatever is wrong has a fix.
  expect(fix === '').toBe(result === 'ok');
});

const byName = (config: PipelineConfig) =>
  Object.fromEntries(
    neededQuotas(config).map(({ name, instances, optional }) => [name, [instances, !!optional]]),
  );
const realtime = (change: object): PipelineConfig => ({
  ...dev,
  endpoint: {
    ...dev.endpoint,
    serving: {
      kind: 'realtime',
      variants: ['a', 'b'].map((name) => ({
        ...{ name, instanceType: 'ml.m5.large', instanceCount: 2, weight: 1 },
      })),
      scaling: null,
    },
    ...change,
  },
});

test('a run on Spot with a way out needs both quotas, the first one less', () => {
  expect(byName(dev)).toMatchObject({
    'ml.t3.medium for processing job usage': [4, false],
    'ml.m5.large for spot training job usage': [1, true],
    'ml.m5.large for training job usage': [1, false],
  });
  const strict: PipelineConfig = {
    ...dev,
    training: { ...dev.training, spot: { maxWaitMinutes: 120, onDemandFallback: false } },
  };
  expect(byName(strict)['ml.m5.large for spot training job usage']).toEqual([1, false]);
  expect(byName(strict)['ml.m5.large for training job usage']).toBeUndefined();
});

test('an endpoint needs room for all variants twice, or once where it is replaced batch by batch', () => {
  expect(byName(realtime({}))['ml.m5.large for endpoint usage']).toEqual([8, false]);
  const rolling = { deployment: { strategy: 'rolling', batchPercent: 50, bakeSeconds: 0 } };
  expect(byName(realtime(rolling))['ml.m5.large for endpoint usage']).toEqual([4, false]);
  const serverless = { serving: { kind: 'serverless', memoryMb: 2_048, maxConcurrency: 5 } };
  expect(Object.keys(byName(realtime(serverless))).filter((name) => name.includes('endpoint'))).toEqual([]);
});

test('the registry is asked for the tag with a token that anybody gets', async () => {
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
