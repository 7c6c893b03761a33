import { Agent } from 'node:http';
import { ask, type Answered, type Target } from './requests';

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
