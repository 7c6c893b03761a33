import type { CallRule, FaultRule, JobRule } from 'local-cloud';
import { findIntegration, type State } from 'local-cloud/testing';

type Task = State & { Type: 'Task' };

/** How a run with the fault ends. */
export type Effect =
  /** As without the fault: a retry, or another way, helped. */
  | 'none'
  /** It fails, with the error and with words that name what to do. */
  | 'fails';

export interface Fault {
  readonly name: string;
  readonly rules: readonly FaultRule[];
  readonly effect: Effect;
  /** Pattern of the error's name. */
  readonly error?: RegExp;
  /** Pattern of what the mail says. */
  readonly says?: RegExp;
}

/** The words of services that throttle. */
const THROTTLED = /Rate exceeded|reduce your request rate/i;

/** The kinds of integrations, each with its faults. */
export type IntegrationKind = 'call' | 'function' | 'job' | 'build' | 'endpoint';

/** Returns the faults that a state's integration can have. @param request the state's arguments in a run without faults */
export function faultsOf(name: string, task: Task, request: Record<string, unknown>): Fault[] {
  const { kind, service, operation } = integrationOf(task);
  const call = { service, operation, state: name };
  const rule = (fault: CallRule['fault'], times?: number): CallRule => ({
    name,
    call,
    fault,
    ...(times !== undefined && { times }),
  });
  return [
    ...ofCalls(rule, service, kind === 'call' || kind === 'endpoint'),
    ...(kind === 'job' ? ofJobs(name, jobOf(operation, request)) : []),
    ...(onSpot(task) ? ofSpot(name, jobOf(operation, request)) : []),
    ...(kind === 'build' ? ofJobs(name, { kind: 'build', name: '*' }) : []),
    ...(kind === 'endpoint' ? ofEndpoints(name, String(request.EndpointConfigName)) : []),
  ];
}

/** @param once true for a call that returns at once and may be made again */
function ofCalls(
  rule: (fault: CallRule['fault'], times?: number) => CallRule,
  service: string,
  once: boolean,
): Fault[] {
  return [
    { name: 'throttled once', rules: [rule('throttling', 1)], effect: 'none' },
    { name: 'throttled', rules: [rule('throttling')], effect: 'fails', says: THROTTLED },
    { name: 'internal error once', rules: [rule('internalError', 1)], effect: 'none' },
    { name: 'denied', rules: [rule('accessDenied')], effect: 'fails', says: /is not authorized to perform/ },
    { name: 'answer lost once', rules: [rule('lostResponse', 1)], effect: 'none' },
    {
      name: 'no answer once',
      rules: [rule('timeout', 1)],
      // Nobody knows how far a function or a job came: it is not started again.
      effect: once ? 'none' : 'fails',
      error: /^States\.Timeout$/,
      says: /time limit/,
    },
    ...(['sagemaker', 'codebuild'].includes(service) &&
    /StartBuild|Create.*Job/.test(rule('throttling').call.operation!)
      ? [{ name: 'quota exhausted once', rules: [rule('capacity', 1)], effect: 'none' as const }]
      : []),
  ];
}

function ofJobs(state: string, job: JobRule['job']): Fault[] {
  const once = (fault: JobRule['fault']): JobRule[] => [{ name: state, job, fault, times: 1 }];
  const fails = (fault: JobRule['fault'] & string, says: RegExp): Fault => ({
    name: fault,
    rules: once(fault),
    effect: 'fails',
    says,
  });
  const failures = [fails('crash', /exit (code|status):? 1/), fails('outOfMemory', /137/)];
  switch (job.kind) {
    case 'training':
      return [
        ...failures,
        fails('capacity', /CapacityError/),
        fails('internalError', /InternalServerError/),
        fails('outOfTime', /maxRuntimeMinutes/),
        fails('corruptedOutput', /health check/),
      ];
    case 'processing':
      return [
        ...failures,
        fails('capacity', /CapacityError/),
        fails('internalError', /InternalServerError/),
        fails('outOfTime', /maxRuntimeMinutes/),
        fails('corruptedOutput', /cut|not JSON|is not/),
      ];
    case 'transform':
      // SageMaker refers to the log, and does not say how the container ended.
      return [
        fails('crash', /AlgorithmError: See job logs/),
        fails('outOfMemory', /AlgorithmError: See job logs/),
        fails('capacity', /CapacityError/),
        fails('internalError', /InternalServerError/),
      ];
    default:
      return [...failures, fails('internalError', /FAULT/), fails('outOfTime', /TIMED_OUT|timed out/i)];
  }
}

function ofEndpoints(state: string, config: string): Fault[] {
  // A test's configuration has the champion's model too.
  const job = { kind: 'endpoint' as const, model: config.replace(/(-test)?-config$/, '-model') };
  const fails = (name: string, fault: JobRule['fault'], error: RegExp, says: RegExp): Fault => ({
    name,
    rules: [{ name: state, job, fault }],
    effect: 'fails',
    error,
    says,
  });
  return [
    fails(
      'no instance',
      'capacity',
      /^DeploymentFailed|^DeploymentRolledBack/,
      /InsufficientInstanceCapacity/,
    ),
    fails('never ready', 'neverReady', /^DeploymentFailed|^DeploymentRolledBack/, /ping health check/),
    fails('crash at start', 'crash', /^DeploymentFailed|^DeploymentRolledBack/, /exit code 1/),
    fails('wrong answers', { answer: { body: '{"rows":-1}' } }, /^SmokeTestFailed$/, /rows/),
    fails(
      'answers 500',
      { answer: { status: 500, body: 'broken' } },
      /^SmokeTestFailed$|^EndpointNotReady$/,
      /500|broken/,
    ),
  ];
}

function onSpot({ Arguments: args }: Task): boolean {
  return (args as { EnableManagedSpotTraining?: boolean } | undefined)?.EnableManagedSpotTraining === true;
}

/** The job resumes from its checkpoints, or is started on demand. */
function ofSpot(state: string, job: JobRule['job']): Fault[] {
  return (['spotInterruption', 'spotUnavailable'] as const).map((fault) => ({
    name: fault,
    rules: [{ name: state, job, fault, times: 1 }],
    effect: 'none',
  }));
}

/** Returns the name of the job of a request, with the run's name in it. */
function jobOf(operation: string, request: Record<string, unknown>): JobRule['job'] {
  const word = /^Create(\w+)Job$/.exec(operation)![1]!;
  const kind = word.toLowerCase() as 'training' | 'processing' | 'transform';
  return { kind, name: String(request[`${word}JobName`]) };
}

export function integrationOf(task: Task): { kind: IntegrationKind; service: string; operation: string } {
  const found = findIntegration(task.Resource);
  switch (found?.kind) {
    case 'lambda':
      return { kind: 'function', service: 'lambda', operation: 'Invoke' };
    case 'job': {
      const { service, create: operation } = found.job;
      return { kind: service === 'codebuild' ? 'build' : 'job', service, operation };
    }
    case 'request':
    case 'sdk': {
      const { service, operation } = found;
      return { kind: /^(Create|Update)Endpoint$/.test(operation) ? 'endpoint' : 'call', service, operation };
    }
    case undefined:
      throw new Error(`${task.Resource} is no integration that the table of faults knows; add its kind`);
  }
}
