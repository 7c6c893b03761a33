import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { copy, freePort, inference, temporaryFolders, writeFiles, type Program } from './support/program';
import { trainExample } from './support/sample';

const folders = temporaryFolders();
const running: Program[] = [];
let trained: string;

beforeAll(async () => {
  trained = folders.create();
  await trainExample(trained, 'breast-cancer');
});
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

/** Holdout rows of the sample: header and lines as preprocessing wrote them. */
function holdout(): { features: string[]; lines: string[]; labels: number[] } {
  const text = readFileSync(path.join(trained, 'processing/output/test/shard-00000.csv'), 'utf8');
  const [header, ...rows] = text.trimEnd().split('\n');
  const cut = (line: string) => line.slice(line.indexOf(',') + 1);
  return {
    features: cut(header!).split(','),
    lines: rows.map(cut),
    labels: rows.map((row) => Number.parseInt(row)),
  };
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
    server = start(trained);
    base = await url(server);
  });

  test('answers /ping with 200', async () => {
    expect((await fetch(`${base}/ping`)).status).toBe(200);
  });

  test('is right on at least 95 % of the holdout', async () => {
    const { lines, labels } = holdout();
    const { status, body } = await post(base, 'text/csv', lines.join('\n'));
    expect(status).toBe(200);
    const classes = ['malignant', 'benign'];
    const right = labels.filter((label, row) => body.predictions[row].label === classes[label]);
    expect(right.length / labels.length).toBeGreaterThanOrEqual(0.95);
  });

  test('answers a row alike as JSON, as CSV and among a thousand', async () => {
    const { features, lines } = holdout();
    const cells = lines[0]!.split(',').map(Number);
    const instance = Object.fromEntries(features.map((name, index) => [name, cells[index]]));
    const thousand = Array.from({ length: 1000 }, (_, index) => lines[index % lines.length]);
    const replies = await Promise.all([
      post(base, 'application/json', JSON.stringify({ instances: [instance] })),
      post(base, 'text/csv', lines[0]!),
      post(base, 'text/csv', [features.join(','), ...thousand].join('\r\n')),
    ]);
    expect(replies.map(({ status, body }) => [status, body.modelVersion, body.predictions.length])).toEqual([
      [200, 'v7', 1],
      [200, 'v7', 1],
      [200, 'v7', 1000],
    ]);
    const [asJson, asCsv, among] = replies.map(({ body }) => body.predictions[0]);
    expect(asCsv).toEqual(asJson);
    expect(among.label).toBe(asJson.label);
    for (const [name, probability] of Object.entries<number>(asJson.probabilities)) {
      expect(among.probabilities[name]).toBeCloseTo(probability, 5);
    }
    expect(asJson.probabilities.malignant + asJson.probabilities.benign).toBeCloseTo(1, 5);
  });

  const tooLarge = Buffer.alloc(6_291_457, '1');
  test.each<[number, string, string, string, string | Buffer | undefined, string | undefined]>([
    [400, 'InvalidInput', 'POST', 'application/json', '{"instances": [{}]}', '/invocations'],
    [400, 'InvalidInput', 'POST', 'application/json', '', '/invocations'],
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
  const server = start(trained, { WORKERS: '2' });
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

test('no process vouches for others: once a ping is answered, all can predict, replaced ones too', async () => {
  const port = await freePort();
  const server = start(trained, { WORKERS: '6', SAGEMAKER_BIND_TO_PORT: String(port) });
  const base = `http://127.0.0.1:${port}`;
  const row = holdout().lines[0]!;
  const ask = async () => {
    const body = { headers: { 'content-type': 'text/csv', connection: 'close' }, body: row };
    return (await fetch(`${base}/invocations`, { method: 'POST', ...body })).status;
  };
  const askAll = async () => new Set(await Promise.all(Array.from({ length: 60 }, ask)));
  const ping = () => fetch(`${base}/ping`, { headers: { connection: 'close' } }).then(({ status }) => status);
  while ((await ping().catch(() => 0)) !== 200);
  expect(await askAll()).toEqual(new Set([200]));

  const [, pid] = await server.seen(/ready: process (\d+)/);
  process.kill(Number(pid), 'SIGKILL');
  // A connection that was just being handed to it is lost: requests come when it is gone.
  while (isAlive(Number(pid))) await new Promise((resolve) => setImmediate(resolve));
  let replaced = false;
  void server.seen(/^(?:ready: .*\n[^]*?){7}/).then(() => (replaced = true));
  while (!replaced) expect(await askAll()).toEqual(new Set([200]));
});

test('is not ready, but reachable, while its model is being loaded', async () => {
  const folder = folders.create();
  copy(path.join(trained, 'model'), path.join(folder, 'model'));
  rmSync(path.join(folder, 'model/model.onnx'));
  // Reading from a pipe that nobody writes to takes for ever.
  execFileSync('mkfifo', [path.join(folder, 'model/model.onnx')]);
  const port = await freePort();
  start(folder, { SAGEMAKER_BIND_TO_PORT: String(port) });
  let response: Response | undefined;
  while (!response) response = await fetch(`http://127.0.0.1:${port}/ping`).catch(() => undefined);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ error: { code: 'ModelNotReady' } });
  expect((await post(`http://127.0.0.1:${port}`, 'text/csv', '1')).status).toBe(503);
});

describe('a long prediction', () => {
  let server: Program;
  let base: string;
  const rows = Array.from({ length: 4000 }, () => '5.1,3.5,1.4,0.2').join('\n');
  beforeAll(async () => {
    const folder = folders.create();
    await trainExample(folder, 'iris', { hidden_layers: '2', hidden_units: '2048', epochs: '1' });
    server = start(folder);
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
  function damaged(change: (folder: string) => void): string {
    const folder = folders.create();
    copy(path.join(trained, 'model'), path.join(folder, 'model'));
    change(folder);
    return folder;
  }
  const about = () =>
    JSON.parse(readFileSync(path.join(trained, 'model/model.json'), 'utf8')) as Record<string, any>;
  const withAbout = (change: object) =>
    damaged((folder) =>
      writeFiles(folder, { 'model/model.json': JSON.stringify({ ...about(), ...change }) }),
    );

  test.each<[string, () => string, string]>([
    ['no model', () => folders.create(), 'model.json: there is no such file'],
    [
      'a damaged model',
      () => damaged((folder) => writeFiles(folder, { 'model/model.onnx': 'x' })),
      'the model is damaged',
    ],
    [
      'a damaged description',
      () => damaged((folder) => writeFiles(folder, { 'model/model.json': '{' })),
      'model.json: not JSON',
    ],
    ['a description of later days', () => withAbout({ formatVersion: 2 }), 'formatVersion 2 is not 1'],
    [
      'other features than its model',
      () => withAbout({ schema: { ...about().schema, features: ['x'] } }),
      'does not take the features',
    ],
    [
      'other classes than its model',
      () => withAbout({ schema: { ...about().schema, classes: ['x'] } }),
      'model.json says float32 [rows, 1]',
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
    const { status, complaints } = await start(trained, { SAGEMAKER_BIND_TO_PORT: String(port) }).ended;
    await new Promise((resolve) => other.close(resolve));
    expect(status).toBe(1);
    expect(complaints).toContain(`cannot listen on 127.0.0.1:${port} (EADDRINUSE); choose another`);
  });

  test.each([
    ['SAGEMAKER_BIND_TO_PORT', '80a', 'is not a whole number from 0 to 65535'],
    ['WORKERS', '0', 'is not a whole number from 1 to 256'],
  ])('because of %s = %s says so', async (name, value, message) => {
    const { status, complaints } = await start(trained, { [name]: value }).ended;
    expect(status).toBe(1);
    expect(complaints).toBe(`${name}: "${value}" ${message}\n`);
  });
});
