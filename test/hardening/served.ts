import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { benchConfig } from '../../bench/strategies';
import type { Served, ServedOrder } from '../../bench/served';
import { assemblyOf } from '../runs/assembly';
import { childrenOf, memoryOf, type Child } from './processes';

/** A champion behind the deployed API, on a local cloud in a process of its own. */
export class ServedPipeline {
  private constructor(
    private readonly child: ChildProcess,
    readonly served: Served,
  ) {}

  static async start(): Promise<ServedPipeline> {
    const config = benchConfig('allAtOnce');
    const assembly = assemblyOf(config);
    const child = fork('dist/bench/served.js', {
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child.send({ assembly, config, python: process.env.PYTHON! } satisfies ServedOrder);
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the cloud's process ended with ${code}`);
    });
    const [served] = (await Promise.race([once(child, 'message'), ended])) as [Served];
    ended.catch(() => undefined);
    rmSync(assembly, { recursive: true });
    return new ServedPipeline(child, served);
  }

  /** Base address of the stage. */
  get address(): URL {
    return new URL(this.served.url.replace(/\/predict$/, ''));
  }

  processes(): Child[] {
    return childrenOf(this.child.pid!);
  }

  /** Resident memory in MiB, after a garbage collection of the cloud. */
  async memory(): Promise<{ cloud: number; endpoint: number }> {
    const collected = once(this.child, 'message');
    this.child.send('collect');
    await collected;
    const endpoint = this.processes().filter(({ what }) => what === 'endpoint');
    return { cloud: memoryOf([this.child.pid!]), endpoint: memoryOf(endpoint.map(({ pid }) => pid)) };
  }

  async close(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}
