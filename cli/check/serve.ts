import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, type ContainerProgram } from 'local-cloud/programs';
import { answerDifference, goldenBody, parseAnswer, type GoldenRequest } from '../../lib/contract/golden';
import type { Findings } from './clauses';
import { CANDIDATE } from './evaluate';
import { describeEnd, type Jobs, type Running } from './jobs';
import type { CheckedModel } from './model';
import { list } from './preprocess';

/** SageMaker's own limits. */
const PING_MS = 2_000;
const START_MS = 240_000;
const ANSWER_MS = 60_000;
/** Status of a process that SIGKILL ended. */
const KILLED = 137;
/** Connections that ask at once, and pings in the meantime. */
const CONNECTIONS = 8;
const PINGS = 10;
/** Is no JSON, no CSV of a header and rows, no image and no UTF-8. */
const WRONG_BODY = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x0a, 0xc3, 0x28]);

interface Serving {
  readonly modelFolder: string;
  readonly golden: readonly GoldenRequest[];
  /** Seconds from SIGTERM to the end. */
  readonly stopLimit: number;
}

/** Checks serving of a trained model. */
export async function checkServe(
  program: ContainerProgram,
  model: CheckedModel,
  { modelFolder, golden, stopLimit }: Serving,
  jobs: Jobs,
  findings: Findings,
): Promise<void> {
  const base = jobs.base({ model: { copy: modelFolder } });
  const port = await freePort();
  const server = jobs.start(program, base, {
    arguments: ['serve'],
    environment: {
      SAGEMAKER_BIND_TO_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      MODEL_VERSION: CANDIDATE,
    },
    writes: ['output'],
  });
  const client = new Client(`http://127.0.0.1:${port}`);
  const began = performance.now();
  const problem = await waitUntilReady(client, server);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (findings.judge('serveReady', problem, `after ${seconds} s`)) {
    if (golden.length > 0) {
      findings.judge('serveGolden', await goldenProblem(client, golden, model.api.answerTolerance));
      const busy = await busyProblem(client, golden);
      findings.judge('serveBusy', busy.problem, busy.how);
    }
    findings.judge('serveType', await typeProblem(client, golden));
    findings.judge('serveBody', await bodyProblem(client, model));
    const alive = golden[0] ? (await client.ask(golden[0])).status : await client.ping();
    findings.judge(
      'serveAlive',
      alive === 200 ? undefined : `then answers ${alive} to a request that it answered`,
    );
  }
  const asked = performance.now();
  const limit = setTimeout(() => server.process.kill(), stopLimit * 1000);
  await server.process.stop();
  const ended = await server.ended;
  clearTimeout(limit);
  const stopSeconds = (performance.now() - asked) / 1000;
  if (findings.isHeld('serveReady')) {
    const slow = ended.status === KILLED ? `still runs ${stopLimit} s after SIGTERM` : undefined;
    findings.judge('serveStop', slow, `after ${stopSeconds.toFixed(1)} s`);
    findings.judge('serveFolders', ended.strayed.length > 0 ? `changed ${list(ended.strayed)}` : undefined);
  }
}

interface Answer {
  /** 0: no answer. */
  readonly status: number;
  readonly text: string;
}

class Client {
  constructor(private readonly url: string) {}

  /** Returns the status; 0 without an answer in time. */
  async ping(): Promise<number> {
    try {
      const response = await fetch(`${this.url}/ping`, { signal: AbortSignal.timeout(PING_MS) });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  }

  ask(request: GoldenRequest): Promise<Answer> {
    return this.send(request.contentType, goldenBody(request));
  }

  async send(contentType: string, body: Uint8Array): Promise<Answer> {
    try {
      const response = await fetch(`${this.url}/invocations`, {
        method: 'POST',
        headers: { 'content-type': contentType, accept: '*/*' },
        body: new Uint8Array(body),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      const { cause, message } = error as Error;
      return { status: 0, text: cause instanceof Error ? cause.message : message };
    }
  }
}

async function waitUntilReady(client: Client, server: Running): Promise<string | undefined> {
  const deadline = performance.now() + START_MS;
  let end: string | undefined;
  void server.ended.then((ended) => (end = describeEnd(ended)));
  let status = 0;
  while (performance.now() < deadline) {
    status = await client.ping();
    if (end !== undefined) return end;
    if (status === 200) return undefined;
    await sleep(50);
  }
  return status === 0
    ? `gives no answer within ${PING_MS / 1000} s, for ${START_MS / 60_000} minutes`
    : `answers ${status} for ${START_MS / 60_000} minutes`;
}

async function goldenProblem(
  client: Client,
  golden: readonly GoldenRequest[],
  tolerance: number,
): Promise<string | undefined> {
  for (const [index, request] of golden.entries()) {
    const { status, text } = await client.ask(request);
    if (status !== 200) return `request ${index}: answers ${status} ${text.slice(0, 200)}`;
    const difference = answerDifference(request.answer, parseAnswer(text), tolerance);
    if (difference !== undefined) return `request ${index}: ${difference}`;
  }
  return undefined;
}

async function busyProblem(
  client: Client,
  golden: readonly GoldenRequest[],
): Promise<{ problem: string | undefined; how: string }> {
  let done = false;
  const connections = Array.from({ length: CONNECTIONS }, async (_, index) => {
    while (!done) await client.ask(golden[index % golden.length]!);
  });
  let slowest = 0;
  let problem: string | undefined;
  for (let ping = 0; ping < PINGS && problem === undefined; ping++) {
    // The requests need a moment to arrive.
    await sleep(20);
    const began = performance.now();
    const status = await client.ping();
    slowest = Math.max(slowest, performance.now() - began);
    if (status === 0)
      problem = `gives no answer within ${PING_MS / 1000} s while ${CONNECTIONS} requests are open`;
    else if (status !== 200) problem = `answers ${status} while ${CONNECTIONS} requests are open`;
  }
  done = true;
  await Promise.all(connections);
  return { problem, how: `at most ${slowest.toFixed(0)} ms` };
}

async function typeProblem(client: Client, golden: readonly GoldenRequest[]): Promise<string | undefined> {
  const body = golden[0] ? goldenBody(golden[0]) : Buffer.from('{}');
  const { status } = await client.send('application/x-mlops-check', body);
  return isClientError(status) ? undefined : `answers ${status || 'nothing'} to application/x-mlops-check`;
}

async function bodyProblem(client: Client, { api }: CheckedModel): Promise<string | undefined> {
  for (const { contentType } of api.accepts) {
    const { status, text } = await client.send(contentType, WRONG_BODY);
    if (!isClientError(status))
      return `answers ${status || `nothing (${text})`} to 7 wrong bytes of ${contentType}`;
    const { error } = (parseAnswer(text) ?? {}) as { error?: { code?: unknown; message?: unknown } };
    if (typeof error?.code !== 'string' || typeof error.message !== 'string') {
      return `answers ${status} to wrong ${contentType} with ${text.slice(0, 100) || 'an empty body'}`;
    }
  }
  return undefined;
}

function isClientError(status: number): boolean {
  return status >= 400 && status < 500;
}
