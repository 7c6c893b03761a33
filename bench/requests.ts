import { request, type Agent } from 'node:http';

/** Target of a load. */
export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One answered request. Times in milliseconds. */
export interface Answered {
  /** Since the epoch. */
  readonly at: number;
  readonly latency: number;
  /** 0 without an answer. */
  readonly status: number;
  readonly body: string;
}

/** Timeout of an answer. API Gateway times out after 29 s. */
const TIMEOUT_MS = 30_000;

/** Sends one request and waits for its answer. @param due time from which the latency counts */
export function ask(
  { url, headers, body }: Target,
  agent: Agent,
  due = performance.now(),
): Promise<Answered> {
  return new Promise((resolve) => {
    const end = (status: number, text = '') =>
      resolve({
        at: performance.timeOrigin + due,
        latency: performance.now() - due,
        status,
        body: text,
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
