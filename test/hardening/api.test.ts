import * as fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:net';
import { SEED } from '../support/fuzz';
import { badRequests, MARK } from './bad-requests';
import { isBroken, send, type RawAnswer, type RawRequest } from './raw-client';
import { ServedPipeline } from './served';

/** `HARDENING_REQUESTS` sets another number of requests. */
const REQUESTS = Number(process.env.HARDENING_REQUESTS ?? 20_000);
/** Requests that are sent at the same time. */
const AT_ONCE = 8;
/** Share of the requests that are sent before the memory is measured: code is compiled, caches fill. */
const WARM_UP = 0.5;
const MOST_GROWTH = 1.2;

/** Errors of the API with their statuses, as docs/architecture.md lists them. */
const DOCUMENTED = new Map(
  [...readFileSync('docs/architecture.md', 'utf8').matchAll(/^\| `(\w+)` +\| (\d{3}) +\|/gm)].map(
    ([, code, status]) => [code!, Number(status)] as const,
  ),
);

/** Answers by status. */
const answered = new Map<number, number>();

let pipeline: ServedPipeline;
beforeAll(async () => {
  pipeline = await ServedPipeline.start();
});
afterAll(() => pipeline?.close());

const good = (): RawRequest => ({
  ...{ method: 'POST', path: '/predict', framing: 'length' },
  headers: [
    ['content-type', 'application/json'],
    ['x-api-key', pipeline.served.key],
  ],
  body: Buffer.from(pipeline.served.body),
});

/** Checks that a request was answered, or refused in the one form and by no fault of the server. */
function expectAnswer(request: RawRequest, { status, contentType, body, notHttp }: RawAnswer): void {
  // A message that is not HTTP has no answer of an API, and one without an end may have none at all.
  if (isBroken(request) && (status === 0 || notHttp)) return;
  if (request.method === 'HEAD') return expect(status).toBe(403);
  if (status === 200) return void JSON.parse(body);
  expect(contentType).toBe('application/json');
  const { error, ...rest } = JSON.parse(body) as { error: { code: string; message: string; field?: string } };
  expect(rest).toEqual({});
  expect(Object.keys(error).filter((key) => !['code', 'message', 'field'].includes(key))).toEqual([]);
  expect(status).toBeLessThan(500);
  if (error.code !== 'BadRequest') expect(DOCUMENTED.get(error.code)).toBe(status);
  expect(error.message).toMatch(/./);
  expect(error.message.length).toBeLessThan(1_000);
  expect(error.field).not.toBe('');
}

function property(requests: number) {
  const batch = fc.array(badRequests(pipeline.served.body, pipeline.served.key), {
    minLength: AT_ONCE,
    maxLength: AT_ONCE,
    size: 'max',
  });
  const sent = fc.asyncProperty(batch, async (all) => {
    const answers = await Promise.all(all.map((request) => send(pipeline.address, request)));
    for (const [index, request] of all.entries()) {
      const { status } = answers[index]!;
      answered.set(status, (answered.get(status) ?? 0) + 1);
      try {
        expectAnswer(request, answers[index]!);
      } catch (error) {
        const { method, path, headers, framing, body } = request;
        const shown = { method, path, headers, framing, body: body.toString('latin1').slice(0, 300) };
        const message = `${(error as Error).message}\n${JSON.stringify({ answer: answers[index], request: shown })}`;
        throw new Error(message, { cause: error });
      }
    }
  });
  return fc.assert(sent, { seed: SEED, numRuns: Math.ceil(requests / AT_ONCE) });
}

const running = (what: RegExp) =>
  pipeline
    .processes()
    .filter((child) => what.test(child.what))
    .map(({ pid }) => pid);

test(`${REQUESTS} bad requests are refused in the one form, and change nothing`, async () => {
  const answer = await send(pipeline.address, good());
  expect(answer).toMatchObject({ status: 200 });
  await property(REQUESTS * WARM_UP);
  const before = await pipeline.memory();
  const endpoint = running(/^endpoint$/);
  const functions = running(/predict|inference/i);
  expect(endpoint).not.toEqual([]);
  expect(functions).not.toEqual([]);

  await property(REQUESTS);

  expect(running(/^endpoint$/)).toEqual(endpoint);
  // Idle processes of a function end; the one that was used last is used first.
  expect(running(/predict|inference/i).some((pid) => functions.includes(pid))).toBe(true);
  expect((await send(pipeline.address, good())).body).toBe(answer.body);
  const after = await pipeline.memory();
  const statuses = Object.fromEntries([...answered].sort());
  console.log(`seed ${SEED}: ${JSON.stringify({ statuses, mebibytes: { before, after } })}`);
  // The generator reaches every kind of refusal, and good requests are among the bad ones.
  for (const status of [200, 400, 403, 413, 415]) expect(answered.get(status)).toBeGreaterThan(0);
  expect(after.cloud).toBeLessThanOrEqual(MOST_GROWTH * before.cloud);
  expect(after.endpoint).toBeLessThanOrEqual(MOST_GROWTH * before.endpoint);
}, 1_800_000);

test('clients that stop in the middle of a request keep nobody else from an answer', async () => {
  const { hostname, port, pathname, host } = pipeline.address;
  const stuck = await Promise.all(
    Array.from({ length: 200 }, (_, index) => {
      const socket = connect({ host: hostname, port: Number(port) });
      const head = `POST ${pathname}/predict HTTP/1.1\r\nHost: ${host}\r\nx-api-key: ${pipeline.served.key}\r\n`;
      socket.write(index % 2 ? head : `${head}content-type: text/csv\r\ncontent-length: 1000\r\n\r\n${MARK}`);
      socket.on('error', () => undefined);
      return new Promise<typeof socket>((resolve) => socket.once('connect', () => resolve(socket)));
    }),
  );
  for (let index = 0; index < 20; index++) {
    expect(await send(pipeline.address, good())).toMatchObject({ status: 200 });
  }
  for (const socket of stuck) socket.destroy();
});

test('no log holds a payload, and no process of the function or the model has failed', () => {
  const cloud = join(pipeline.served.state, 'cloud');
  const files = readdirSync(cloud, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  // Data capture stores requests on purpose, in the artifacts bucket.
  const logs = files
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => !file.startsWith(join(cloud, 's3')));
  expect(logs.some((file) => file.startsWith(join(cloud, 'logs')))).toBe(true);
  expect(logs.filter((file) => readFileSync(file).includes(MARK))).toEqual([]);
  const failures = /Runtime exited|Task timed out|a bug in the program|prediction failed/;
  const written = logs.filter((file) => file.startsWith(join(cloud, 'logs')));
  expect(written.filter((file) => failures.test(readFileSync(file, 'utf8')))).toEqual([]);
});
