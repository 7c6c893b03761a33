import {
  checkBootstrap,
  checkBucket,
  checkCredentials,
  checkEndpoint,
  checkImage,
  checkMail,
  checkParameters,
  checkPrebuilt,
  checkQuota,
  type Finding,
} from '../../../cli/doctor/checks';

const quota = { name: 'ml.g5.xlarge for spot training job usage', instances: 1, field: 'training' };

const mine = { app: 'mlops', model: 'table', environment: 'dev' };

const bucket = { region: 'r', versioning: 'Enabled', sendsEvents: true };
const needed = { region: 'r', events: true };

const confirmed = [{ endpoint: 'a@b.c', confirmed: true }];

test.each<[string, Finding, Finding['result'], RegExp]>([
  ['any account', checkCredentials('1', undefined), 'ok', /account 1/],
  ['another account', checkCredentials('1', '2'), 'fails', /2/],
  ['a bootstrapped account', checkBootstrap('21', '1', 'r'), 'ok', /21/],
  ['an old bootstrap', checkBootstrap('5', '1', 'r'), 'fails', /5.*6/],
  ['none', checkBootstrap(undefined, '1', 'r'), 'fails', /bootstrapped/],
  ['enough', checkQuota(quota, 1), 'ok', /1, needed 1/],
  ['a quota of 0', checkQuota(quota, 0), 'fails', /0, needed 1/],
  ['an optional one', checkQuota({ ...quota, optional: true }, 0), 'warning', /0, needed 1/],
  ['one that is not listed', checkQuota(quota, undefined), 'warning', /Service Quotas/],
  ['all parameters', checkParameters('/p', 3, 3, true), 'ok', /3 below/],
  ['a missing parameter', checkParameters('/p', 2, 3, true), 'fails', /2 of 3/],
  ['no deployment', checkParameters('/p', 0, 3, false), 'warning', /not deployed/],
  ['no address', checkMail([], []), 'warning', /notifications\.emails/],
  ['no topic', checkMail(['a@b.c'], undefined), 'warning', /not deployed/],
  ['a confirmed address', checkMail(['a@b.c'], confirmed), 'ok', /1 confirmed/],
  ['an open one', checkMail(['a@b.c'], [{ endpoint: 'a@b.c', confirmed: false }]), 'fails', /a@b\.c/],
  ['one that is not subscribed', checkMail(['x@y.z'], confirmed), 'fails', /x@y\.z/],
  ['a free name', checkEndpoint('e', undefined, mine), 'ok', /free/],
  ["the environment's own", checkEndpoint('e', { ...mine, run: 'r' }, mine), 'ok', /e/],
  ["another model's", checkEndpoint('e', { ...mine, model: 'other' }, mine), 'fails', /other/],
  ['a bucket of the team', checkBucket('b', bucket, needed), 'ok', /versions and sends events/],
  ['no such bucket', checkBucket('b', undefined, needed), 'fails', /b does not exist/],
  ['a bucket elsewhere', checkBucket('b', { ...bucket, region: 'x' }, needed), 'fails', /in x/],
  ['no versions', checkBucket('b', { ...bucket, versioning: undefined }, needed), 'fails', /off/],
  [
    'versions no more',
    checkBucket('b', { ...bucket, versioning: 'Suspended' }, needed),
    'fails',
    /Suspended/,
  ],
  ['no events', checkBucket('b', { ...bucket, sendsEvents: false }, needed), 'fails', /newData/],
  [
    'no events, and none needed',
    checkBucket('b', { ...bucket, sendsEvents: false }, { ...needed, events: false }),
    'ok',
    /versions$/,
  ],
  ['an image', checkImage('i', 200), 'ok', /i/],
  ['no image', checkImage('i', 404), 'fails', /404/],
  ['a prebuilt image', checkPrebuilt('programs.train', 'i', undefined), 'ok', /^i$/],
  ['one that cannot be pulled', checkPrebuilt('programs.train', 'i', 'denied'), 'fails', /^i: denied$/],
  ['no registry', checkImage('i', undefined), 'fails', /i/],
])('%s: %#', (_, { result, found, fix }, expected, words) => {
  expect(result).toBe(expected);
  expect(found).toMatch(words);
  // Every problem has a fix.
  expect(fix === '').toBe(result === 'ok');
});
