import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LoadOrder } from './load-process';
import type { Sample } from './samples';

/** A steady load from a separate process; see `load-process.ts`. */
export class Load {
  private constructor(private readonly child: ChildProcess) {}

  static start(order: LoadOrder): Load {
    const child = fork(join(__dirname, 'load-process.js'), { stdio: 'inherit' });
    child.send(order);
    return new Load(child);
  }

  /** Ends the load, waits for the answers to come, and returns every sample in the order of its sending. */
  async stop(): Promise<Sample[]> {
    const answer = once(this.child, 'message');
    this.child.send('stop');
    const [samples] = (await answer) as [Sample[]];
    await once(this.child, 'exit');
    return samples;
  }
}
