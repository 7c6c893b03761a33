import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from 'local-cloud/programs';
import { EXAMPLES, Program, PYTHON, temporaryFolders, writeFiles } from './support/program';

const folders = temporaryFolders();
const HELPER = path.join(EXAMPLES, 'helper');

/** Starts a program that uses the helper, on an empty folder in place of `/opt/ml`. */
function start(source: string, words: string[] = [], env: Record<string, string> = {}) {
  const base = folders.create();
  const program = path.join(folders.create({ 'program.py': source }), 'program.py');
  return {
    base,
    program: new Program([PYTHON, program, ...words], base, { PYTHONPATH: HELPER, ...env }),
  };
}

/** A file below `base`; undefined if there is none. */
function read(base: string, name: string): string | undefined {
  const file = path.join(base, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

test('the helper’s functions', async () => {
  const file = path.join(__dirname, 'helper/test_helper.py');
  const { stderr } = await promisify(execFile)(PYTHON, [file]);
  expect(stderr).toMatch(/Ran [0-9]+ tests .*\n\nOK/);
});

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

const ENDS = `
from mlops_program import UserError, log, run
def done(): log('done')
def train(): raise UserError('train: has no rows')
def other(): raise UserError('x' * 2000)
def bug(): return {}['missing']
run(done=done, train=train, other=other, bug=bug)
`;

test.each<[string[], number, string | undefined, string | undefined]>([
  [['done'], 0, undefined, undefined],
  [['train'], 1, 'train: has no rows', undefined],
  [['other'], 1, undefined, 'x'.repeat(1024)],
  [['bug'], 2, undefined, "A bug in the program, see its log: KeyError: 'missing'"],
  [['unknown'], 1, undefined, 'argument "unknown": unknown; known are done, train, other, bug'],
  [[], 1, undefined, 'argument "": unknown; known are done, train, other, bug'],
])('the end of a program: %p', async (words, status, failure, message) => {
  const { base, program } = start(ENDS, words, { RUN_ID: 'run-1' });
  const ended = await program.ended;
  expect(ended.stderr).toBe('');
  expect(ended.status).toBe(status);
  expect(read(base, 'output/failure')).toBe(failure);
  expect(read(base, 'output/message')).toBe(message);
  for (const line of program.lines) expect(line.message.runId).toBe('run-1');
});

test('a single program needs no argument', async () => {
  const { program } = start("from mlops_program import log, run\nrun(preprocess=lambda: log('done'))");
  expect(await program.ended).toMatchObject({ status: 0, log: 'done\n' });
});

test('warnings of libraries are lines of the log', async () => {
  const { program } = start(
    "import warnings\nfrom mlops_program import run\nrun(train=lambda: warnings.warn('old'))",
  );
  expect(await program.ended).toMatchObject({ stderr: '', complaints: 'old\n' });
});

type Body = string | Uint8Array<ArrayBuffer> | ReadableStream;

const WAITS = `
import threading
from mlops_program import BASE, Checkpoints, log, run
def plain():
    log('waits')
    threading.Event().wait()
def saves():
    checkpoints, step = Checkpoints('identity', seconds=3600), 0
    while True:
        step += 1
        checkpoints.offer(step, lambda: b'state')
        if step == 1: log('waits')
def begins():
    checkpoints = Checkpoints('identity', seconds=3600)
    checkpoints.load()
    log('waits')
    while not (BASE / 'first step').exists(): pass
    while True: checkpoints.offer(1, lambda: b'state')
run(plain=plain, saves=saves, begins=begins)
`;

test.each([
  ['plain', []],
  ['saves', [expect.stringMatching(/^step-\d{10}-.*\.checkpoint$/)]],
  ['begins', [expect.stringMatching(/^step-\d{10}-.*\.checkpoint$/)]],
])('SIGTERM ends the program "%s" with 143', async (name, checkpoints) => {
  const { base, program } = start(WAITS, [name]);
  await program.seen(/waits/);
  const stopped = program.stop();
  writeFiles(base, { 'first step': '' });
  expect((await stopped).status).toBe(143);
  const folder = path.join(base, 'checkpoints');
  expect(existsSync(folder) ? readdirSync(folder) : []).toEqual(checkpoints);
});

/** The model is loaded, and a request of `wait` is answered, once a file exists. */
const SERVER = `
import time
from mlops_program import BASE, RequestError, invalid, json_body, log, run, serve
def load():
    log('loading')
    wait_for('load')
    return 'model'
def wait_for(name):
    while not (BASE / name).exists(): time.sleep(0.005)
def answer(model, body, kind):
    value = json_body(body) if kind == 'application/json' else body.decode('latin-1')
    if value == 'wait':
        log('waiting')
        wait_for('answer')
    if value == 'wrong': raise invalid('body', 'wrong')
    if value == 'bug': return 1 / 0
    if value == 'nan': return float('nan')
    return {'model': model, 'value': value}
run(serve=lambda: serve(load, answer, accepts=['application/json', 'image/png'], most_bytes=100_000))
`;

describe('the server', () => {
  let base: string;
  let program: Program;
  let url: string;
  async function open(files: readonly string[]): Promise<void> {
    const port = await freePort();
    ({ base, program } = start(SERVER, ['serve'], {
      SAGEMAKER_BIND_TO_PORT: String(port),
      BIND_HOST: '127.0.0.1',
    }));
    url = `http://127.0.0.1:${port}`;
    for (const file of files) writeFiles(base, { [file]: '' });
    await program.seen(files.includes('load') ? /ready: / : /loading/);
  }
  afterEach(() => program.stop('SIGKILL'));

  const invoke = async (body: Body, type = 'application/json', more: object = {}) => {
    const headers = { 'content-type': type };
    const response = await fetch(`${url}/invocations`, { method: 'POST', headers, body, ...more });
    return { status: response.status, answer: JSON.parse(await response.text()) };
  };
  const ping = async () => (await fetch(`${url}/ping`)).status;

  test('answers /ping with 200 once the model is loaded', async () => {
    await open([]);
    expect(await ping()).toBe(503);
    expect(await invoke('1')).toMatchObject({ status: 503, answer: { error: { code: 'ModelNotReady' } } });
    writeFiles(base, { load: '' });
    await program.seen(/ready: /);
    expect(await ping()).toBe(200);
    expect(await invoke('1')).toEqual({ status: 200, answer: { model: 'model', value: 1 } });
  });

  test('answers /ping while it predicts, and then every request', async () => {
    await open(['load']);
    const requests = Array.from({ length: 40 }, () => invoke('"wait"'));
    await program.seen(/waiting/);
    expect(await ping()).toBe(200);
    writeFiles(base, { answer: '' });
    const expected = { status: 200, answer: { model: 'model', value: 'wait' } };
    expect(await Promise.all(requests)).toEqual(requests.map(() => expected));
  });

  test.each<[string, Body, string, number, object]>([
    [
      'wrong value',
      '"wrong"',
      'application/json',
      400,
      { code: 'InvalidInput', message: 'body: wrong', field: 'body' },
    ],
    ['no JSON', '{', 'application/json', 400, { code: 'InvalidInput', field: 'body' }],
    ['no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 'application/json', 400, { code: 'InvalidInput' }],
    [
      'other type',
      'a',
      'text/csv',
      415,
      { code: 'UnsupportedMediaType', message: expect.stringMatching('image/png') },
    ],
    ['too large', new Uint8Array(100_001), 'image/png', 413, { code: 'PayloadTooLarge' }],
    ['bug', '"bug"', 'application/json', 500, { code: 'InternalError' }],
    ['answer that is no JSON', '"nan"', 'application/json', 500, { code: 'InternalError' }],
  ])('refuses: %s', async (_, body, type, status, error) => {
    await open(['load']);
    expect(await invoke(body, type)).toMatchObject({ status, answer: { error } });
    expect((await program.stop()).stderr).toBe('');
  });

  test('refuses other paths and methods', async () => {
    await open(['load']);
    expect((await fetch(`${url}/other`)).status).toBe(404);
    expect((await fetch(`${url}/ping`, { method: 'POST' })).status).toBe(405);
    expect((await fetch(`${url}/invocations`)).status).toBe(405);
  });

  test('takes parameters of the type, binary bodies and bodies in chunks', async () => {
    await open(['load']);
    expect((await invoke('1', 'Application/JSON; charset=utf-8')).status).toBe(200);
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const value = Buffer.from(bytes).toString('latin1');
    expect((await invoke(bytes, 'image/png')).answer).toEqual({ model: 'model', value });
    const chunks = new ReadableStream({
      start(controller) {
        for (const part of [bytes.subarray(0, 7), bytes.subarray(7)]) controller.enqueue(part);
        controller.close();
      },
    });
    expect((await invoke(chunks, 'image/png', { duplex: 'half' })).answer).toEqual({ model: 'model', value });
    const large = new ReadableStream({
      start(controller) {
        for (let part = 0; part < 3; part++) controller.enqueue(new Uint8Array(50_000));
        controller.close();
      },
    });
    expect((await invoke(large, 'image/png', { duplex: 'half' })).status).toBe(413);
  });

  test('on SIGTERM completes open requests and ends with 0', async () => {
    await open(['load']);
    const request = invoke('"wait"');
    await program.seen(/waiting/);
    const stopped = program.stop();
    // It accepts no more connections once the signal has arrived.
    while (await accepts(Number(new URL(url).port)));
    writeFiles(base, { answer: '' });
    expect(await request).toEqual({ status: 200, answer: { model: 'model', value: 'wait' } });
    expect((await stopped).status).toBe(0);
  });

  test('a model that cannot be loaded ends it with a sentence', async () => {
    const source =
      "from mlops_program import UserError, run, serve\ndef load(): raise UserError('model: is empty')\n" +
      "run(serve=lambda: serve(load, None, accepts=['text/csv']))";
    const started = start(source, ['serve'], { SAGEMAKER_BIND_TO_PORT: '0', BIND_HOST: '127.0.0.1' });
    program = started.program;
    expect((await program.ended).status).toBe(1);
    expect(read(started.base, 'output/message')).toBe('model: is empty');
  });
});
