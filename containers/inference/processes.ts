import cluster, { type Worker } from 'node:cluster';
import { log } from '../table/log.ts';

/** Environment variable of a worker that replaces one that died: the others serve already. */
const REPLACEMENT = 'SERVE_REPLACEMENT';
/** Message of the supervisor to its workers: each of them has loaded its model. */
const ALL_READY = 'all-ready';

/**
 * Runs `count` copies of this program, which share its port, until SIGTERM. Each calls {@link reportReady} once its
 * model is loaded.
 *
 * A worker that dies later is replaced; one that dies before its model was loaded would die again, so the program then
 * ends with the worker's status.
 */
export function superviseWorkers(count: number): void {
  const ready = new Set<Worker>();
  let stopping = false;

  const stop = () => {
    stopping = true;
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM');
  };
  process.on('SIGTERM', stop);

  cluster.on('message', (worker, line: string) => {
    ready.add(worker);
    if (ready.size === count) for (const one of ready) one.send(ALL_READY);
    log('INFO', line);
  });
  cluster.on('exit', (worker, code, signal) => {
    const startedWell = ready.delete(worker);
    if (!stopping && code !== 0) {
      if (startedWell) {
        log('WARN', `worker ${worker.process.pid} ended with ${signal ?? code}; starting another`);
        cluster.fork({ [REPLACEMENT]: 'true' });
        return;
      }
      process.exitCode = code || 1;
      stop();
    }
    if (Object.keys(cluster.workers ?? {}).length === 0) process.exit();
  });

  for (let index = 0; index < count; index++) cluster.fork();
}

/** Logs the line, in a worker through the supervisor, so that it appears once all workers are ready. */
export function reportReady(line: string): void {
  if (cluster.isWorker) process.send!(line);
  else log('INFO', line);
}

/** State of the other processes, which get requests at the same port. */
export interface Siblings {
  /**
   * Returns true if they can answer too. No ping may be answered before: requests come to any of the processes as soon
   * as one ping is answered.
   */
  readonly ready: () => boolean;
  /** True if they serve already: then the port is open, and this process accepts requests only once it can answer. */
  readonly serving: boolean;
}

export function siblings(): Siblings {
  const serving = process.env[REPLACEMENT] === 'true';
  let ready = serving || !cluster.isWorker;
  if (!ready) process.once('message', () => (ready = true));
  return { ready: () => ready, serving };
}
