import { Agent, request } from 'node:http';

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

/** Closed loop: `clients` clients, each of which sends its next request when it has its answer. */
export async function closedLoop(target: Target, clients: number, seconds: number): Promise<Answered[]> {
  const agent = new Agent({ keepAlive: true });
  const until = performance.now() + seconds * 1000;
  const answers: Answered[] = [];
  const client = async () => {
    while (performance.now() < until) answers.push(await ask(target, agent));
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return answers;
}

/** Open loop: requests on a fixed schedule, however long the answers take. */
export async function openLoop(target: Target, rate: number, seconds: number): Promise<Answered[]> {
  const agent = new Agent({ keepAlive: true });
  const began = performance.now();
  const sent: Promise<Answered>[] = [];
  while (sent.length < rate * seconds) {
    const due = began + (sent.length * 1000) / rate;
    const wait = due - performance.now();
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    sent.push(ask(target, agent, due));
  }
  const answers = await Promise.all(sent);
  agent.destroy();
  return answers;
}
