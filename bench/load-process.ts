import { Agent, request } from 'node:http';
import type { Sample } from './samples';

/** Target and rate of the load. */
export interface LoadOrder {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Requests per second. */
  rate: number;
}

/** Timeout of an answer. API Gateway times out after 29 s. */
const TIMEOUT_MS = 30_000;

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
    while (dueAt(samples.length) <= performance.now()) samples.push(ask(order, agent, dueAt(samples.length)));
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

function ask({ url, headers, body }: LoadOrder, agent: Agent, due: number): Promise<Sample> {
  return new Promise((resolve) => {
    const end = (status: number, answer = '') =>
      resolve({
        due: performance.timeOrigin + due,
        latency: performance.now() - due,
        status,
        version: /"modelVersion":"([^"]+)"/.exec(answer)?.[1],
      });
    const asked = request(url, { method: 'POST', agent, headers, timeout: TIMEOUT_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('error', () => end(0));
      response.on('end', () => end(response.statusCode!, text));
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
    asked.on('error', () => end(0));
    asked.end(body);
  });
}
