import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { freePort } from 'local-cloud/programs';
import { until } from '../support/until';
import { inference, temporaryFolders, type Program } from './support/program';
import type { Encoding } from '../../containers/table/encoding';
import { categoryFeature, classLabel, encodingOf, linearModel, numberFeature } from './support/linear-model';

/** Polls often: some of the waits are part of the race that is tested. */
const SOON = { everyMs: 5 };

const folders = temporaryFolders();
const running: Program[] = [];

const LABEL = classLabel('state', { sick: 3, well: 7 });
const FEATURES = [numberFeature('x'), numberFeature('y'), categoryFeature('plan', ['basic', 'pro'])];
const ENCODING = encodingOf(LABEL, FEATURES, ['state', 'id']);
/** Says "well" where x + y is above 0. */
const MODEL = linearModel(ENCODING, { x: [0, 1], y: [0, 1] });

function withModel(files: Record<string, string | Buffer> = {}): string {
  const model = Object.entries({ ...MODEL, ...files });
  return folders.create(Object.fromEntries(model.map(([name, content]) => [`model/${name}`, content])));
}

afterAll(() => Promise.all(running.map((program) => program.stop('SIGKILL'))));

function start(base: string, env: Record<string, string> = {}): Program {
  const program = inference('serve', base, {
    BIND_HOST: '127.0.0.1',
    SAGEMAKER_BIND_TO_PORT: '0',
    WORKERS: '1',
    MODEL_VERSION: 'v7',
    ...env,
  });
  running.push(program);
  return program;
}

async function url(program: Program): Promise<string> {
  return (await program.seen(/ready: .*(http:\S+)/))[1]!;
}

interface Reply {
  readonly status: number;
  readonly body: any;
}

async function post(base: string, contentType: string, body: string | Buffer): Promise<Reply> {
  const headers = { 'content-type': contentType };
  const response = await fetch(`${base}/invocations`, { method: 'POST', headers, body: body as string });
  return { status: response.status, body: await response.json() };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a server of one process', () => {
  let server: Program;
  let base: string;
  beforeAll(async () => {
    server = start(withModel());
    base = await url(server);
  });

  test('answers /ping with 200', async () => {
    expect((await fetch(`${base}/ping`)).status).toBe(200);
  });

  test('answers a row alike as JSON, as CSV, as a line of the training file and among a thousand', async () => {
    const line = '-0.5,2,pro';
    const thousand = Array.from({ length: 1000 }, (_, index) => (index % 2 ? '1,1,basic' : line));
    const replies = await Promise.all([
      post(base, 'application/json', JSON.stringify({ instances: [{ y: 2, x: -0.5, plan: 'pro' }] })),
      post(base, 'text/csv', line),
      post(base, 'text/csv; header=present', `id,state,y,x,plan\n7,well,2,-0.5,pro`),
      post(base, 'text/csv', ['x,y,plan', ...thousand].join('\r\n')),
    ]);
    expect(replies.map(({ status, body }) => [status, body.modelVersion, body.predictions.length])).toEqual([
      [200, 'v7', 1],
      [200, 'v7', 1],
      [200, 'v7', 1],
      [200, 'v7', 1000],
    ]);
    // 1 ÷ (1 + e^-1.5)
    for (const { body } of replies) {
      expect(body.predictions[0]).toEqual({
        label: 'well',
        probabilities: {
          sick: expect.closeTo(0.1824255, 6) as number,
          well: expect.closeTo(0.8175745, 6) as number,
        },
      });
    }
    expect(replies.map(({ body }) => body.warnings?.length)).toEqual([undefined, undefined, 2, undefined]);
  });

  test('answers what training did not see with a warning', async () => {
    const { status, body } = await post(base, 'text/csv', '500,0,gold');
    expect([status, body.predictions[0].label]).toEqual([200, 'well']);
    expect(body.warnings).toEqual([
      { field: 'x', message: '500 is far above the values of the training rows (-100 to 100)' },
      { field: 'plan', message: '"gold" does not occur in the training rows' },
    ]);
  });

  const tooLarge = Buffer.alloc(6_291_457, '1');
  test.each<[number, string, string, string, string | Buffer | undefined, string | undefined]>([
    [400, 'InvalidInput', 'POST', 'application/json', '{"instances": [{}]}', '/invocations'],
    [400, 'InvalidInput', 'POST', 'application/json', '', '/invocations'],
    [400, 'InvalidInput', 'POST', 'text/csv', Buffer.from([0x31, 0xe4]), '/invocations'],
    [413, 'PayloadTooLarge', 'POST', 'text/csv', tooLarge, '/invocations'],
    [415, 'UnsupportedMediaType', 'POST', 'image/png', 'x', '/invocations'],
    [404, 'NotFound', 'GET', '', undefined, '/'],
    [404, 'NotFound', 'GET', '', undefined, '/toString'],
    [405, 'MethodNotAllowed', 'GET', '', undefined, '/invocations'],
    [405, 'MethodNotAllowed', 'POST', 'text/csv', '1', '/ping'],
  ])('answers %d %s to a wrong request', async (status, code, method, type, body, where) => {
    const response = await fetch(`${base}${where}`, {
      method,
      headers: { 'content-type': type },
      body: body as string,
    });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toMatchObject({ error: { code, message: expect.any(String) as string } });
  });

  test('refuses a body that is too large even if its length is not announced', async () => {
    const half = new Blob([tooLarge.subarray(0, 4_000_000)]);
    const body = new Blob([half, half]).stream();
    const headers = { 'content-type': 'text/csv' };
    const response = await fetch(`${base}/invocations`, { method: 'POST', headers, body, duplex: 'half' });
    expect(response.status).toBe(413);
  });

  test('ends with status 0 on SIGTERM', async () => {
    expect((await server.stop('SIGTERM')).status).toBe(0);
  });
});

test('processes share a port, a dead one is replaced, and SIGTERM ends them all with status 0', async () => {
  const server = start(withModel(), { WORKERS: '2' });
  const base = await url(server);
  const [, pid] = await server.seen(/(?:ready:[^]*)ready: process (\d+)/);
  process.kill(Number(pid), 'SIGKILL');
  await server.seen(/(ready:[^]*){3}/);
  expect((await fetch(`${base}/ping`)).status).toBe(200);
  const { status, complaints } = await server.stop('SIGTERM');
  expect({ status, complaints }).toEqual({
    status: 0,
    complaints: `worker ${pid} ended with SIGKILL; starting another\n`,
  });
  await expect(fetch(`${base}/ping`)).rejects.toThrow();
});

test('/ping succeeds only when all processes can predict, including replaced ones', async () => {
  const port = await freePort();
  const server = start(withModel(), { WORKERS: '6', SAGEMAKER_BIND_TO_PORT: String(port) });
  const base = `http://127.0.0.1:${port}`;
  const row = '1,2,basic';
  const ask = async () => {
    const body = { headers: { 'content-type': 'text/csv', connection: 'close' }, body: row };
    return (await fetch(`${base}/invocations`, { method: 'POST', ...body })).status;
  };
  const askAll = async () => new Set(await Promise.all(Array.from({ length: 60 }, ask)));
  const ping = () => fetch(`${base}/ping`, { headers: { connection: 'close' } }).then(({ status }) => status);
  await until('the server is ready', async () => (await ping().catch(() => 0)) === 200, SOON);
  expect(await askAll()).toEqual(new Set([200]));

  const [, pid] = await server.seen(/ready: process (\d+)/);
  process.kill(Number(pid), 'SIGKILL');
  // A connection that was just being passed to it is lost, so requests are sent after its end.
  await until('the killed process has ended', () => !isAlive(Number(pid)), SOON);
  let replaced = false;
  void server.seen(/^(?:ready: .*\n[^]*?){7}/).then(() => (replaced = true));
  const answered = async () => {
    expect(await askAll()).toEqual(new Set([200]));
    return replaced;
  };
  await until('another process is ready', answered, SOON);
});

test('is not ready, but reachable, while its model is being loaded', async () => {
  const folder = withModel();
  rmSync(path.join(folder, 'model/model.onnx'));
  // Reading from a pipe without a writer blocks.
  execFileSync('mkfifo', [path.join(folder, 'model/model.onnx')]);
  const port = await freePort();
  start(folder, { SAGEMAKER_BIND_TO_PORT: String(port) });
  const ping = () => fetch(`http://127.0.0.1:${port}/ping`).catch(() => undefined);
  const response = await until('the server answers', ping, SOON);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ error: { code: 'ModelNotReady' } });
  expect((await post(`http://127.0.0.1:${port}`, 'text/csv', '1')).status).toBe(503);
});

test('a regression answers numbers, and the error for a too large answer has the number of rows that fit', async () => {
  const label = { kind: 'number', name: 'y', rows: 9, mean: 1, median: 1, low: 0, high: 2 } as const;
  const encoding = encodingOf(label, [numberFeature('x')]);
  const server = start(withModel(linearModel(encoding, { x: [2] }, [0.5])), {
    MAX_ANSWER_BYTES: '1024',
    MAX_BODY_BYTES: '2048',
  });
  const base = await url(server);
  expect(await post(base, 'text/csv', '1\n-3.25')).toEqual({
    status: 200,
    body: { modelVersion: 'v7', predictions: [{ value: 2.5 }, { value: -6 }] },
  });
  // 38 bytes around the predictions, 14 for each with its comma.
  const { status, body } = await post(base, 'text/csv', '1\n'.repeat(80));
  expect([status, body.error.code]).toEqual([413, 'PayloadTooLarge']);
  expect(body.error.message).toBe(
    'body: the answer to 80 rows has 1157 bytes, of which 1024 are allowed; send fewer rows in a request: about 70 fit',
  );
  const large = await post(base, 'text/csv', '1\n'.repeat(1025));
  expect([large.status, large.body.error.message]).toEqual([
    413,
    'body: 2050 bytes, of which 2048 are allowed; send the rows in several requests',
  ]);
});

describe('a long prediction', () => {
  let server: Program;
  let base: string;
  const rows = Array.from({ length: 4000 }, () => '5.1,3.5,basic').join('\n');
  beforeAll(async () => {
    server = start(withModel(linearModel(ENCODING, {}, [0, 0], 2048)));
    base = await url(server);
  });

  test('does not keep /ping waiting', async () => {
    let answered = false;
    const prediction = post(base, 'text/csv', rows).finally(() => (answered = true));
    let pings = 0;
    for (; !answered; pings++) expect((await fetch(`${base}/ping`)).status).toBe(200);
    expect((await prediction).body.predictions).toHaveLength(4000);
    // A server that predicts in its only thread answers the one or two that came before the request.
    expect(pings).toBeGreaterThan(10);
  });

  test('is finished before the server ends on SIGTERM', async () => {
    const prediction = post(base, 'text/csv', rows);
    // The answer to this shows that the server has taken the request before it.
    await fetch(`${base}/ping`);
    const ended = server.stop('SIGTERM');
    expect((await prediction).body.predictions).toHaveLength(4000);
    expect((await ended).status).toBe(0);
  });
});

describe('a server that cannot start', () => {
  const about = JSON.parse(MODEL['model.json'] as string) as Record<string, any>;
  const withAbout = (change: object) => withModel({ 'model.json': JSON.stringify({ ...about, ...change }) });
  const other = (features: Encoding['features'], label = LABEL) =>
    withAbout({ encoding: encodingOf(label, features) });

  test.each<[string, () => string, string]>([
    ['no model', () => folders.create(), 'model.json: there is no such file'],
    ['a damaged model', () => withModel({ 'model.onnx': 'x' }), 'the model is damaged'],
    ['a damaged description', () => withModel({ 'model.json': '{' }), 'model.json: not JSON'],
    ['a description of earlier days', () => withAbout({ formatVersion: 1 }), 'train the model again'],
    ['a description of later days', () => withAbout({ formatVersion: 3 }), 'formatVersion 3 is not 2'],
    ['other features than its model', () => other([FEATURES[0]!]), 'does not take the inputs'],
    [
      'other inputs than its features',
      () => withAbout({ encoding: { ...ENCODING, inputs: ENCODING.inputs.slice(1) } }),
      'model.json: encoding: input 0 is "y", but the features make it "x"',
    ],
    [
      'no label',
      () => withAbout({ encoding: { ...ENCODING, label: {} } }),
      'model.json: encoding.label.kind: nothing is neither',
    ],
    [
      'other classes than its model',
      () => other(FEATURES, classLabel('state', { a: 1, b: 1, c: 1 })),
      'model.json says float32 [rows, 3]',
    ],
  ])('because of %s says so and ends with status 1', async (_name, folder, message) => {
    const { status, complaints } = await start(folder()).ended;
    expect(complaints).toContain(message);
    expect(status).toBe(1);
  });

  test('ends with status 1 in several processes too', async () => {
    const { status, complaints } = await start(folders.create(), { WORKERS: '2' }).ended;
    expect(complaints).toContain('model.json: there is no such file');
    expect(status).toBe(1);
  });

  test('because its port is taken says so', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { status, complaints } = await start(withModel(), { SAGEMAKER_BIND_TO_PORT: String(port) }).ended;
    await new Promise((resolve) => other.close(resolve));
    expect(status).toBe(1);
    expect(complaints).toContain(`cannot listen on 127.0.0.1:${port} (EADDRINUSE); choose another`);
  });

  test.each([
    ['SAGEMAKER_BIND_TO_PORT', '80a', 'is not a whole number from 0 to 65535'],
    ['WORKERS', '0', 'is not a whole number from 1 to 256'],
  ])('because of %s = %s says so', async (name, value, message) => {
    const { status, complaints } = await start(withModel(), { [name]: value }).ended;
    expect(status).toBe(1);
    expect(complaints).toBe(`${name}: "${value}" ${message}\n`);
  });
});
