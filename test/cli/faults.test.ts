import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isNativeError } from 'node:util/types';
import { main } from '../../cli/main';
import { buildProgram } from '../../cli/program';

/** A command line of a command, and what it does without AWS. */
interface Row {
  readonly args: readonly string[];
  /** It calls nothing: its exit code, whatever AWS does. */
  readonly offline?: number;
  /** Its result is what it could find out, and the exit code of that. */
  readonly reports?: true;
  /** It starts other programs, which see this process's own variables only. */
  readonly starts?: true;
  /** A region without the pipeline is no failure. */
  readonly anyRegion?: true;
}

/** Every command has a row. */
const ROWS: Readonly<Record<string, Row>> = {
  doctor: { args: [], reports: true },
  cost: { args: ['--refresh'], anyRegion: true },
  acceptance: { args: ['--yes', '--environment', 'dev'], starts: true },
  run: { args: ['--force'] },
  redrive: { args: [] },
  trial: { args: [] },
  runs: { args: [] },
  status: { args: [] },
  logs: { args: ['run-1'] },
  approve: { args: ['run-1'] },
  reject: { args: ['run-1'] },
  models: { args: [] },
  lineage: { args: ['run-1'] },
  traffic: { args: ['--variant', 'primary=1'] },
  promote: { args: [] },
  rollback: { args: [] },
  endpoint: { args: ['restore'] },
  predict: { args: ['package.json'] },
  schema: { args: ['missing.csv', '--label', 'x'], offline: 64 },
  check: { args: ['missing'], offline: 64 },
  empty: { args: ['--yes'] },
  teardown: { args: ['--plan'], anyRegion: true },
};

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let server: Server;
let answer: Answer;
let endpoint: string;
const before = { ...process.env };

beforeAll(async () => {
  // Node's own errors are of another realm than Jest's, and the SDK wraps what is no Error.
  Object.defineProperty(Error, Symbol.hasInstance, {
    value(this: typeof Error, value: unknown) {
      return this === Error ? isNativeError(value) : Function.prototype[Symbol.hasInstance].call(this, value);
    },
  });
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => answer(request, response, body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, variables(endpoint));
  for (const name of ['AWS_PROFILE', 'MLOPS_ENVIRONMENT', 'MLOPS_MODEL']) delete process.env[name];
});
afterAll(() => {
  process.env = before;
  server.close();
  server.closeAllConnections();
});
afterEach(() => {
  jest.restoreAllMocks();
  // Of each main().
  process.removeAllListeners('SIGINT');
  process.stdout.removeAllListeners('error');
});

const variables = (url: string) => ({
  AWS_ENDPOINT_URL: url,
  MLOPS_API_URL: url,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_MAX_ATTEMPTS: '1',
  CI: 'true',
});

/** Refuses a call as its service would: by its protocol. */
function refuse(request: IncomingMessage, response: ServerResponse, code: string, message: string): void {
  const isJson = request.headers['x-amz-target'] !== undefined;
  response.statusCode = isJson ? 400 : 403;
  response.setHeader('content-type', isJson ? 'application/x-amz-json-1.1' : 'text/xml');
  if (isJson) response.end(JSON.stringify({ __type: code, message }));
  else {
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
    response.end(`<ErrorResponse>${error}<RequestId>1</RequestId></ErrorResponse>`);
  }
}

const expired: Answer = (request, response) =>
  refuse(request, response, 'ExpiredToken', 'The security token included in the request is expired');

/** An account that has nothing in this region. */
const elsewhere: Answer = (request, response, body) => {
  const form = new URLSearchParams(body);
  const name = form.get('StackName');
  if (name !== null)
    return refuse(request, response, 'ValidationError', `Stack with id ${name} does not exist`);
  if (request.headers['x-amz-target']) return void response.end('{}');
  refuse(request, response, 'AccessDenied', 'not authorized');
};

/** Runs a command in a process of its own. @param started called with it */
async function spawned(args: readonly string[], started: (child: ChildProcess) => void = () => undefined) {
  const env = { ...process.env, ...variables(endpoint) };
  const child = spawn(process.execPath, ['bin/mlops.cjs', ...args], { env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const ended = once(child, 'close') as Promise<[number | null]>;
  started(child);
  const [code] = await ended;
  return { code, stdout, stderr };
}

/** Runs a command in this process. */
async function mlops(args: readonly string[]) {
  let [stdout, stderr] = ['', ''];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((stdout += String(text))));
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((stderr += String(text))));
  const code = await main(args).finally(() => jest.restoreAllMocks());
  return { code, stdout, stderr };
}

const rows = Object.entries(ROWS).map(([name, row]) => [name, row] as const);
const calling = rows.filter(([, { offline }]) => offline === undefined);

const SENTENCE = /^mlops: [^\n]+\.\n$/;

test('every command has a row', () => {
  const commands = buildProgram(async () => undefined).commands.map((each) => each.name());
  expect(Object.keys(ROWS)).toEqual(commands);
});

const FAULTS: readonly (readonly [string, Answer | undefined, RegExp])[] = [
  ['without network', undefined, /AWS_ENDPOINT_URL "[^"]+" refuses connections/],
  ['with expired credentials', expired, /the AWS credentials have expired \(ExpiredToken(Exception)?\)/],
];

describe.each(FAULTS)('%s', (_, fault, message) => {
  beforeEach(() => {
    if (fault) answer = fault;
    // Nobody listens on port 1.
    process.env.AWS_ENDPOINT_URL = fault ? endpoint : 'http://127.0.0.1:1';
  });

  test.each(rows)('%s ends with one sentence', async (name, { args, offline, reports }) => {
    const prices = readFileSync('lib/contract/prices.json', 'utf8');
    const { code, stdout, stderr } = await mlops([name, ...args]);
    expect(readFileSync('lib/contract/prices.json', 'utf8')).toBe(prices);
    expect(code).toBe(offline ?? 1);
    if (reports && stdout !== '')
      return expect([stdout, stderr]).toEqual([expect.stringMatching(message), '']);
    expect([stdout, stderr]).toEqual(['', expect.stringMatching(SENTENCE)]);
    if (offline === undefined) expect(stderr).toMatch(message);
  });
});

describe('in a region without the pipeline', () => {
  beforeEach(() => {
    answer = elsewhere;
    process.env.AWS_ENDPOINT_URL = endpoint;
  });

  test.each(calling.filter(([, { reports, anyRegion }]) => !reports && !anyRegion))(
    '%s ends with one sentence',
    async (name, { args, starts }) => {
      const { code, stdout, stderr } = await (starts ? spawned : mlops)([name, ...args]);
      expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(SENTENCE)]);
      expect(stderr).toMatch(/has no stack "mlops-table-local-\w+"|mlops doctor failed: AccessDenied/);
    },
  );
});

describe('interrupted', () => {
  test.each(calling)('%s ends at once with 130 and one sentence', async (name, { args }) => {
    const ended = await spawned([name, ...args], (child) => {
      // No answer: the command waits. It may make several calls at once; a second Ctrl-C ends any process.
      answer = () => {
        answer = () => undefined;
        child.kill('SIGINT');
      };
    });
    const sentence = /^mlops: interrupted; [^\n]+\.\n$/;
    expect(ended).toEqual({ code: 130, stdout: '', stderr: expect.stringMatching(sentence) as string });
  });
});
