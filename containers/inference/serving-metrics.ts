import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { UserError } from './errors.ts';
import type { RawRow } from './raw-rows.ts';
import type { Estimates } from './comparison.ts';

/** Requests of one row that are measured. */
export const MEASURED_REQUESTS = 300;
/** Requests before the measurement: the code is compiled during them. */
const WARM_UP = 50;
const PERCENTILE = 0.99;
/** Timeout of loading the model and of an answer: SageMaker's own for an answer. */
const TIMEOUT_MS = 60_000;

/**
 * Measures this program as it serves the model: `latencyP99Ms` of requests of one row, one after the other over one
 * local connection, and `memoryMb`, the peak memory of its process, in MiB; null where the system does not report it.
 *
 * @param startFile file that starts this program
 * @param base folder with the model in `model/`
 * @param rows to send, at least one
 * @throws UserError if the program does not serve
 */
export async function measureServing(
  startFile: string,
  base: string,
  rows: readonly RawRow[],
): Promise<Estimates> {
  const program = spawn(process.execPath, [startFile, 'serve'], {
    env: {
      ...process.env,
      SAGEMAKER_BASE_DIR: base,
      SAGEMAKER_BIND_TO_PORT: '0',
      BIND_HOST: '127.0.0.1',
      WORKERS: '1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(program, 'exit');
  const stop = () => program.kill('SIGKILL');
  // Stopping this program stops the serving program too.
  process.once('exit', stop);
  try {
    const address = await addressOf(program.stdout);
    const latencies = await ask(`${address}/invocations`, rows);
    const memoryMb = await peakMemory(program);
    return {
      latencyP99Ms: { value: percentile(latencies.slice(WARM_UP)), interval: null },
      memoryMb: { value: memoryMb, interval: null },
    };
  } finally {
    stop();
    await ended;
    process.off('exit', stop);
  }
}

/** Waits for the line of the log that holds the program's address. */
async function addressOf(stdout: Readable): Promise<string> {
  for await (const line of createInterface({ input: stdout, signal: AbortSignal.timeout(TIMEOUT_MS) })) {
    const address = /ready: .*(http:\/\/[0-9.:]+)/.exec(line)?.[1];
    if (!address) continue;
    stdout.resume();
    return address;
  }
  throw new UserError(
    'SERVING_METRICS: the serving program did not start with the candidate; its log is above',
  );
}

/** Returns the duration of each answer, in milliseconds. */
async function ask(url: string, rows: readonly RawRow[]): Promise<number[]> {
  const latencies: number[] = [];
  for (let request = 0; request < WARM_UP + MEASURED_REQUESTS; request++) {
    const body = JSON.stringify({ instances: [rows[request % rows.length]] });
    const start = performance.now();
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    latencies.push(performance.now() - start);
    if (!response.ok)
      throw new UserError(`SERVING_METRICS: the candidate refuses a row of the holdout: ${text}`);
  }
  return latencies;
}

function percentile(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(PERCENTILE * sorted.length) - 1]!;
}

async function peakMemory({ pid }: ChildProcess): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) / 1024;
}
