import type { Container, Exit, RunOptions } from '../containers/engine';
import type { Cloud } from '../core/cloud';
import { engineOf } from '../engines';
import { freePort } from '../jobs/free-port';

/** A running program: what it needs of a process. */
export interface ProgramCall {
  /** `train`, `serve`, or the job's arguments. */
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The folder that represents `/opt/ml`. */
  readonly base: string;
  readonly print: (line: string) => void;
  /** Aborted when the container is stopped. */
  readonly stopped: AbortSignal;
  /** Port on 127.0.0.1 of a program that serves. */
  readonly port?: number;
}

/** A program of this process. Returns its exit code. */
export type InProcessProgram = (call: ProgramCall) => Promise<number>;

/**
 * Runs containers as calls of a function, for tests that start hundreds: a process takes 50 ms, a call one. Builds stay
 * as they are; every image runs the same program.
 */
export function runInProcess(cloud: Cloud, program: InProcessProgram): void {
  const engine = engineOf(cloud);
  engine.run = async (options: RunOptions): Promise<Container> => {
    const stop = new AbortController();
    const port = options.serves ? await freePort() : undefined;
    const exited = program({
      arguments: options.arguments ?? [],
      environment: options.environment,
      base: options.base,
      print: options.onLine,
      stopped: stop.signal,
      port,
    }).then(
      (exitCode): Exit => ({ exitCode }),
      (error: unknown): Exit => {
        options.onLine(String(error));
        return { exitCode: 2 };
      },
    );
    return {
      exited,
      ...(port !== undefined && { address: { host: '127.0.0.1', port } }),
      stop: () => {
        stop.abort();
        return exited;
      },
    };
  };
}
