import { SSMClient, GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { S3Client, ListBucketsCommand } from '@aws-sdk/client-s3';
import type { FaultPlan } from '../../src/faults/rules';
import { s3 } from '../../src/services/s3';
import { ssm } from '../../src/services/ssm';
import { testCloud, type TestCloud } from '../support/test-cloud';

let here: TestCloud;
let client: SSMClient;
beforeEach(async () => {
  here = await testCloud([s3, ssm], { faults: { rules: [] } });
  client = new SSMClient(here.client);
});
afterEach(async () => {
  client.destroy();
  await here.close();
});

const put = (Name: string, Value = 'x') =>
  client.send(new PutParameterCommand({ Name, Value, Type: 'String' }));
const plan = (...rules: FaultPlan['rules']) => here.cloud.faults.set({ rules });
const call = { service: 'ssm', operation: 'PutParameter' };

test('a call is throttled as its service does it, in the wire form', async () => {
  plan({ call, fault: 'throttling' }, { call: { service: 's3' }, fault: 'throttling' });
  await expect(put('/a')).rejects.toMatchObject({
    name: 'ThrottlingException',
    $metadata: { httpStatusCode: 400 },
  });
  const buckets = new S3Client({ ...here.client, forcePathStyle: true }).send(new ListBucketsCommand({}));
  await expect(buckets).rejects.toMatchObject({ name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
});

test('a denial names the caller, the action and the resource', async () => {
  plan({ call, fault: 'accessDenied' });
  await expect(put('/a')).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringMatching(
      /^User: arn:.* is not authorized to perform: ssm:PutParameter on resource: arn:.*:parameter\/a /,
    ),
  });
});

test('an error of one’s own has its code, message and status', async () => {
  plan({ call, fault: { error: 'ParameterLimitExceeded', message: 'full', status: 400 } });
  await expect(put('/a')).rejects.toMatchObject({ name: 'ParameterLimitExceeded', message: 'full' });
});

test('a lost response: the call took effect, and the client sees no answer', async () => {
  plan({ call, fault: 'lostResponse' });
  await expect(put('/a')).rejects.toThrow(/socket hang up|ECONNRESET/);
  plan();
  const { Parameter } = await client.send(new GetParameterCommand({ Name: '/a' }));
  expect(Parameter!.Value).toBe('x');
});

test('a timeout: the client waits until it gives up, and the call had no effect', async () => {
  plan({ call, fault: 'timeout' });
  const injected = new Promise<void>((resolve) =>
    here.cloud.events.subscribe(({ source }) => source === 'local-cloud.faults' && resolve()),
  );
  const gone = new AbortController();
  const asked = client.send(new PutParameterCommand({ Name: '/a', Value: 'x', Type: 'String' }), {
    abortSignal: gone.signal,
  });
  void injected.then(() => gone.abort());
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  plan();
  await expect(client.send(new GetParameterCommand({ Name: '/a' }))).rejects.toThrow();
});

test('a clock jump: the cloud’s time is later from this call on', async () => {
  plan({ call, fault: { clockJump: 86_400 } });
  const before = here.cloud.clock.now();
  const slept = here.cloud.clock.sleep(80_000_000);
  await put('/a');
  await slept;
  expect(here.cloud.clock.now() - before).toBeGreaterThanOrEqual(86_400_000);
});

describe('which call', () => {
  const outcomes = async (count: number) => {
    const results: string[] = [];
    for (let i = 1; i <= count; i++)
      await put(`/${i}`).then(
        () => results.push('ok'),
        () => results.push('failed'),
      );
    return results.map((result) => (result === 'ok' ? '.' : 'x')).join('');
  };

  test.each([
    ['all', {}, 'xxxx'],
    ['the second', { nth: 2 }, '.x..'],
    ['the first two', { times: 2 }, 'xx..'],
    ['after the first', { after: 1 }, '.xxx'],
    ['every second one', { every: 2 }, '.x.x'],
    ['every second one after the first, once', { after: 1, every: 2, times: 1 }, '..x.'],
  ])('%s', async (_, occurrence, expected) => {
    plan({ call, fault: 'throttling', ...occurrence });
    expect(await outcomes(4)).toBe(expected);
  });

  test('by a member of the request and by the caller', async () => {
    plan({ call: { ...call, input: { Name: '/2*' }, caller: '*' }, fault: 'throttling' });
    expect(await outcomes(3)).toBe('.x.');
    plan({ call: { ...call, caller: 'arn:aws:sts::*:assumed-role/*' }, fault: 'throttling' });
    expect(await outcomes(1)).toBe('x'); // /1 exists
    expect(here.cloud.faults.injected).toEqual([]);
  });
});

test('what happened, and what did not, can be asked for', async () => {
  plan(
    { call, fault: 'throttling', times: 1 },
    { name: 'never', call: { ...call, operation: 'DeleteParameter' }, fault: 'throttling' },
  );
  const events: unknown[] = [];
  here.cloud.events.subscribe((event) => event.source === 'aws.ssm' || events.push(event));
  await expect(put('/a')).rejects.toThrow();
  await put('/a');
  const detail = { rule: 'rule 1', fault: 'throttling', target: 'ssm:PutParameter' };
  expect(here.cloud.faults.injected).toMatchObject([detail]);
  expect(here.cloud.faults.unused).toEqual(['never']);
  expect(events).toMatchObject([{ source: 'local-cloud.faults', 'detail-type': 'Fault Injected', detail }]);
});

test('a delivery is made twice', async () => {
  plan({ delivery: { to: 'arn:aws:test:*' }, fault: 'duplicate', times: 1 });
  const delivered: unknown[] = [];
  here.cloud.events.registerTarget(
    () => true,
    async ({ input }) => void delivered.push(input),
  );
  const from = here.cloud.principals.service('events.amazonaws.com');
  for (const input of [1, 2]) here.cloud.events.deliver({ targetArn: 'arn:aws:test:a', input, from });
  await here.cloud.events.settled();
  expect(delivered.sort()).toEqual([1, 1, 2]);
});
