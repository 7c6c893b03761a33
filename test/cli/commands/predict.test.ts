import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { images } from '../../../examples/images/model';
import { predict } from '../../../cli/commands/predict';
import { Output } from '../../../cli/output';
import type { Pipeline } from '../../../cli/pipeline';
import { local } from '../../../lib';
import { pipelineConfig } from '../../../lib/config';

interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly body: string | Buffer;
  readonly headers?: Record<string, string>;
}

/** An API on loopback: its answers in turn, and what it was asked. */
class Api {
  readonly asked: { method: string; path: string; headers: IncomingMessage['headers']; body: Buffer }[] = [];
  answers: Answer[] = [];
  private readonly server: Server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const { method = '', url: path = '', headers } = request;
      this.asked.push({ method, path, headers, body });
      const answer = this.answers.shift() ?? { status: 500, body: 'not expected' };
      response.writeHead(answer.status ?? 200, {
        'content-type': answer.type ?? 'application/json',
        ...answer.headers,
      });
      response.end(answer.body);
    });
  });

  async open(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1/predict`;
  }

  close(): Promise<unknown> {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }
}

const BYTES = Buffer.from([0x89, 0x50, 0x00, 0xff]);
let api: Api;
let url: string;
let folder: string;
beforeEach(async () => {
  api = new Api();
  url = await api.open();
  folder = mkdtempSync(join(tmpdir(), 'predict-'));
  writeFileSync(join(folder, 'x.png'), BYTES);
});
afterEach(async () => {
  await api.close();
  rmSync(folder, { recursive: true });
});

const config = pipelineConfig('mlops', images, local);
/** Objects of the artifacts bucket, by key. */
const pipelineOf = (objects: Record<string, unknown> = {}, returns = images.api.returns) =>
  ({
    config: { ...config, api: { ...config.api, returns } },
    ...{ pollMs: 1, outputs: { PredictUrl: url, ApiKeyId: 'id', ArtifactsBucketName: 'artifacts' } },
    gateway: { send: async () => ({ value: 'secret-key' }) },
    s3: {
      send: async ({ input: { Key } }: { input: { Key: string } }) => {
        if (!(Key in objects)) throw Object.assign(new Error('NoSuchKey'), { name: 'NoSuchKey' });
        return { Body: { transformToString: async () => JSON.stringify(objects[Key]) } };
      },
    },
  }) as unknown as Pipeline;

type Options = Parameters<Extract<typeof predict.action, (...args: never[]) => unknown>>[2];

async function run(
  options: Options,
  {
    file = join(folder, 'x.png'),
    pipeline = pipelineOf(),
  }: { file?: string | null; pipeline?: Pipeline } = {},
): Promise<{ code: number; text: string }> {
  let text = '';
  const out = new Output({ isTTY: false, write: (part) => ((text += part), true) }, options.json ?? false);
  const action = predict.action as (...args: unknown[]) => Promise<number>;
  return { code: await action(pipeline, out, options, file ?? undefined), text };
}

test('bytes are sent as they are, with type and key, and JSON is shown with the variant', async () => {
  api.answers = [{ body: '{"label":"circle","variant":"primary"}' }];
  const { code, text } = await run({});
  expect([code, text]).toEqual([0, '{\n  "label": "circle"\n}\n\nvariant primary\n']);
  expect(api.asked).toMatchObject([
    {
      ...{ method: 'POST', path: '/v1/predict', body: BYTES },
      headers: { 'content-type': 'image/png', 'x-api-key': 'secret-key', accept: 'application/json' },
    },
  ]);
});

test('with --json the answer is the API’s own', async () => {
  api.answers = [{ body: '{"label":"circle","variant":"primary"}' }];
  expect(JSON.parse((await run({ json: true })).text)).toEqual({ label: 'circle', variant: 'primary' });
});

test('text is shown, without what a terminal would obey', async () => {
  api.answers = [{ type: 'text/csv', body: '0.1,\u001b[2J0.9\n', headers: { 'x-variant': 'b' } }];
  expect((await run({})).text).toBe('0.1,\\u{1b}[2J0.9\n');
  api.answers = [{ type: 'text/csv', body: '0.1,0.9\n', headers: { 'x-variant': 'b' } }];
  expect(JSON.parse((await run({ json: true })).text)).toEqual({
    ...{ contentType: 'text/csv', variant: 'b', answer: '0.1,0.9\n' },
  });
});

// API Gateway looks at the first type only, and would send base64.
test('an answer of bytes is asked for as bytes, and written to a file', async () => {
  const pipeline = pipelineOf({}, ['application/json', 'image/webp']);
  api.answers = [{ type: 'image/webp', body: BYTES, headers: { 'x-variant': 'primary' } }];
  const output = join(folder, 'y.webp');
  const { code, text } = await run({ output }, { pipeline });
  expect([code, text]).toEqual([0, `${output}: 4 bytes of image/webp, variant primary\n`]);
  expect(readFileSync(output)).toEqual(BYTES);
  expect(api.asked[0]!.headers.accept).toBe('image/webp, application/json');
  api.answers = [{ type: 'image/webp', body: BYTES }];
  await expect(run({}, { pipeline })).rejects.toThrow('the answer is 4 bytes of image/webp');
});

test('the result of an asynchronous endpoint is waited for', async () => {
  const pending = { status: 202, body: '{"id":"id-1","status":"pending"}' };
  api.answers = [pending, pending, { body: '{"label":"circle"}' }];
  expect((await run({})).text).toContain('"circle"');
  expect(api.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    ...['POST /v1/predict', 'GET /v1/predict/id-1', 'GET /v1/predict/id-1'],
  ]);
});

test('headers are sent with each request, and nothing is signed for an API without the authorizer', async () => {
  api.answers = [{ status: 202, body: '{"id":"id-1"}' }, { body: '{"label":"circle"}' }];
  await run({ header: { authorization: 'token' } });
  expect(api.asked.map(({ headers }) => headers.authorization)).toEqual(['token', 'token']);
});

test('each request is signed for the service of APIs where the authorizer is IAM', async () => {
  const pipeline = pipelineOf();
  const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' };
  const gateway = new APIGatewayClient({ region: 'eu-west-1', credentials });
  gateway.send = async () => ({ value: 'secret-key' });
  const signing = { ...pipeline.config.api, authorization: { kind: 'iam' as const } };
  api.answers = [{ status: 202, body: '{"id":"id-1"}' }, { body: '{"label":"circle"}' }];
  await run({}, { pipeline: { ...pipeline, gateway, config: { ...pipeline.config, api: signing } } });
  const signed = api.asked.map(({ headers }) => headers.authorization!);
  for (const each of signed) {
    expect(each).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-west-1\/execute-api\/aws4_request, SignedHeaders=[^,]*\bhost;[^,]*x-api-key, /,
    );
  }
  expect(new Set(signed).size).toBe(2);
  expect(api.asked[0]!.headers).toMatchObject({ 'x-amz-security-token': 'session' });
});

test('a refusal is the API’s sentence', async () => {
  api.answers = [
    { status: 415, body: '{"error":{"code":"UnsupportedMediaType","message":"must be image/png"}}' },
  ];
  await expect(run({})).rejects.toThrow('the API returned 415 UnsupportedMediaType: must be image/png');
});

describe('--golden', () => {
  const answer = (label: string, score: number) => ({ label, score });
  const golden = ['circle', 'square'].map((label) => ({
    ...{ contentType: 'image/png', bodyBase64: BYTES.toString('base64'), answer: answer(label, 0.5) },
  }));
  const pipeline = () =>
    pipelineOf({ 'champion.json': { runId: 'run-1' }, 'runs/run-1/evaluation/golden.json': golden });
  const said = (label: string, score: number): Answer => ({
    body: JSON.stringify({ ...answer(label, score), variant: 'primary' }),
  });
  const ask = (options: Options = {}) =>
    run({ golden: true, ...options }, { file: null, pipeline: pipeline() });

  test('sends each request and finds the answers equal', async () => {
    api.answers = [said('circle', 0.5005), said('square', 0.5)];
    const { code, text } = await ask();
    expect(code).toBe(0);
    expect(text).toContain('model run-1: 2 of 2 golden requests answered as in its evaluation');
    expect(api.asked.map(({ body }) => body)).toEqual([BYTES, BYTES]);
  });

  test('a difference is shown with its path, and the exit code is 1', async () => {
    api.answers = [
      said('circle', 0.6),
      { status: 400, body: '{"error":{"code":"InvalidInput","message":"no"}}' },
    ];
    const { code, text } = await ask({ json: true });
    expect([code, JSON.parse(text)]).toEqual([
      1,
      {
        modelVersion: 'run-1',
        requests: [
          { contentType: 'image/png', variant: 'primary', difference: 'score: expected 0.5, given 0.6' },
          { contentType: 'image/png', variant: null, difference: 'the API returned 400 InvalidInput: no' },
        ],
      },
    ]);
  });

  test.each<[string, Options, string | null, string]>([
    ['a file too', { golden: true }, 'x.png', 'FILE is "x.png", and --golden is given too'],
    ['neither', {}, null, 'FILE is missing'],
    ['a type', { golden: true, contentType: 'a/b' }, null, '--content-type is "a/b" with --golden'],
    ['a file for the answer', { golden: true, output: 'y' }, null, '--output is "y" with --golden'],
  ])('%s is refused, and nothing is sent', async (_, options, file, message) => {
    await expect(run(options, { file })).rejects.toMatchObject({
      ...{ exitCode: 64, message: expect.stringContaining(message) as string },
    });
    expect(api.asked).toEqual([]);
  });

  test('a run without golden requests is named', async () => {
    const none = pipelineOf({ 'champion.json': { runId: 'run-1' } });
    await expect(run({ golden: true }, { file: null, pipeline: none })).rejects.toThrow(
      's3://artifacts/runs/run-1/evaluation/golden.json has no golden requests',
    );
  });
});
