import { Agent } from 'node:http';
import { ask, type Target } from './requests';
import type { Sample } from './samples';

/** Target and rate of the load. */
export interface LoadOrder extends Target {
  /** Requests per second. */
  rate: number;
}

/**
 * A load in a separate process, so that it shares no event loop with the system it measures. Open loop: requests are
 * sent on a fixed schedule, however long the answers take, on as many connections as that needs.
 *
 * Begins with a {@link LoadOrder} and ends with `'stop'`; then it answers with every {@link Sample}.
 */
process.once('message', (order: LoadOrder) => {
  const samples: Promise<Sample>[] = [];
  const agent = new Agent({ keepAlive: true });
  const began = performance.now();
  const dueAt = (number: number) => began + (number * 1000) / order.rate;
  let timer: NodeJS.Timeout;
  const send = () => {
    while (dueAt(samples.length) <= performance.now())
      samples.push(sample(order, agent, dueAt(samples.length)));
    timer = setTimeout(send, Math.max(0, dueAt(samples.length) - performance.now()));
  };
  send();
  process.once('message', () => {
    clearTimeout(timer);
    void Promise.all(samples).then((done) => {
      agent.destroy();
      process.send!(done, undefined, undefined, () => process.disconnect());
    });
  });
});

async function sample(order: LoadOrder, agent: Agent, due: number): Promise<Sample> {
  const { at, body, ...answered } = await ask(order, agent, due);
  return { due: at, ...answered, version: /"modelVersion":"([^"]+)"/.exec(body)?.[1] };
}
