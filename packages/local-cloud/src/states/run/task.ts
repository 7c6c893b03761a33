import type { Clock } from '../language/clock';
import type { TaskState } from '../language/definition';
import { StatesError, timeout } from '../language/errors';
import type { JsonValue } from '../language/json';
import { checkPayloadSize, checkResultSize } from '../language/limits';
import { parseTaskResource } from '../language/resource';
import type { IssuedToken } from '../language/task-tokens';
import type { TaskRequest } from '../language/types';
import type { StateData } from './state-data';
import { taskEvents, type TaskEvents } from './task-events';
import type { Visit } from './visit';

/** Runs one attempt of a Task state; resolves with the task's result. */
export async function runTask(visit: Visit<TaskState>, data: StateData): Promise<JsonValue> {
  const { state, flow } = visit;
  const { clock, context, taskTokens } = flow.environment;
  const resource = parseTaskResource(state.Resource);
  if (!resource) throw visit.runtimeError(`The resource ${state.Resource} is not supported.`);

  const heartbeat = new Heartbeat(clock);
  const issued = resource.waitsForToken
    ? taskTokens.issue(context.StateMachine.Id, () => heartbeat.beat())
    : undefined;
  visit.taskToken = issued?.token;
  const ended = new AbortController();
  try {
    const request = await prepare(visit, data, heartbeat, ended.signal);
    checkPayloadSize(request.arguments, visit.name);
    const events = taskEvents(flow, resource);
    events.started(request);
    try {
      const result = await perform(visit, request, events, issued, heartbeat);
      checkResultSize(result, resource.kind === 'lambda' ? resource.resource : resource.resourceType);
      events.succeeded(result);
      return result;
    } catch (error) {
      flow.signal.throwIfAborted();
      const failure = asTaskFailure(error);
      events.failed(failure);
      throw failure;
    }
  } catch (error) {
    ended.abort(error);
    throw error;
  } finally {
    issued?.close();
  }
}

type Prepared = Omit<TaskRequest, 'submitted'>;

async function prepare(
  visit: Visit<TaskState>,
  data: StateData,
  heartbeat: Heartbeat,
  ended: AbortSignal,
): Promise<Prepared> {
  const { state, flow } = visit;
  return {
    resource: state.Resource,
    arguments: await data.taskArguments(state),
    stateName: visit.name,
    attempt: visit.retryCount,
    context: visit.context(),
    taskToken: visit.taskToken,
    credentials: await data.credentials(state),
    timeoutSeconds: await data.timeLimit(state, 'TimeoutSeconds'),
    heartbeatSeconds: await data.timeLimit(state, 'HeartbeatSeconds'),
    signal: AbortSignal.any([flow.signal, ended]),
    heartbeat: () => heartbeat.beat(),
  };
}

/** Resolves with the result, or rejects with the first of: failure, time limit, missed heartbeat, end of the flow. */
async function perform(
  visit: Visit<TaskState>,
  prepared: Prepared,
  events: TaskEvents,
  issued: IssuedToken | undefined,
  heartbeat: Heartbeat,
): Promise<JsonValue> {
  const { clock, tasks } = visit.flow.environment;
  const over = new AbortController();
  const timers = AbortSignal.any([prepared.signal, over.signal]);
  const submitted = (output: JsonValue) => {
    if (!timers.aborted) events.submitted(output);
  };
  const result = async () => {
    const answer = await tasks.run({ ...prepared, submitted });
    if (!issued) return answer;
    submitted(answer);
    return issued.answer;
  };
  const { timeoutSeconds, heartbeatSeconds } = prepared;
  const contenders = [result(), untilAborted(timers)];
  // A callback may arrive before the service has answered the request with the token.
  if (issued) contenders.push(issued.answer);
  if (timeoutSeconds !== undefined) contenders.push(timeLimit(clock, timeoutSeconds * 1000, timers));
  if (heartbeatSeconds !== undefined) contenders.push(heartbeat.missed(heartbeatSeconds * 1000, timers));
  try {
    return await Promise.race(contenders);
  } finally {
    over.abort();
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function timeLimit(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<never> {
  await clock.sleep(milliseconds, signal, 'limit');
  throw timeout();
}

class Heartbeat {
  private last: number;

  constructor(private readonly clock: Clock) {
    this.last = clock.now();
  }

  beat(): void {
    this.last = this.clock.now();
  }

  async missed(milliseconds: number, signal: AbortSignal): Promise<never> {
    this.beat();
    for (;;) {
      const left = this.last + milliseconds - this.clock.now();
      if (left <= 0) throw timeout({ isHeartbeatTimeout: true });
      await this.clock.sleep(left, signal, 'limit');
    }
  }
}

function asTaskFailure(error: unknown): StatesError {
  if (error instanceof StatesError) return error;
  return new StatesError('States.TaskFailed', error instanceof Error ? error.message : String(error));
}
