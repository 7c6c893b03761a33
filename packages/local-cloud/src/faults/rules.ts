/** Which of the matching calls, jobs or deliveries get the fault; by default, all of them. */
export interface Occurrence {
  /** Only the nth, from 1. */
  readonly nth?: number;
  /** The first so many are spared. */
  readonly after?: number;
  /** Every so many of those that are not spared: 2 is every second one. */
  readonly every?: number;
  /** At most so many in all. */
  readonly times?: number;
}

interface Named extends Occurrence {
  /** For reports; default: the rule's place in the plan, such as `rule 1`. */
  readonly name?: string;
}

/** Calls, by glob patterns: `*` is any text. */
export interface CallMatch {
  /** The SDK's id of a service, such as `sagemaker`. */
  readonly service: string;
  /** An operation, such as `CreateTrainingJob`; default: all of the service. */
  readonly operation?: string;
  /** Members of the request, by their names; each is compared as text. */
  readonly input?: Readonly<Record<string, string>>;
  /** The caller's ARN. */
  readonly caller?: string;
  /** The state of a Step Functions execution whose task makes the call. */
  readonly state?: string;
}

/** The faults of calls that have a name of their own. */
export const CALL_FAULTS = [
  'throttling',
  'internalError',
  'accessDenied',
  'capacity',
  'timeout',
  'lostResponse',
] as const;

/** An error that the service answers, before the call has an effect. */
export interface ServiceFault {
  /** The code, such as `ValidationException`. */
  readonly error: string;
  readonly message?: string;
  /** HTTP status; default: that of the service's model. */
  readonly status?: number;
}

/** Sets the cloud's clock forward; the call is then answered as usual. */
export interface ClockJump {
  readonly clockJump: number;
}

export type CallFault = (typeof CALL_FAULTS)[number] | ServiceFault | ClockJump;

export interface CallRule extends Named {
  readonly call: CallMatch;
  readonly fault: CallFault;
}

/** The kinds of work that runs in containers. */
export const JOB_KINDS = ['training', 'processing', 'transform', 'endpoint', 'build'] as const;
export type JobKind = (typeof JOB_KINDS)[number];

/** Jobs, the instances of endpoints and builds, by glob patterns. */
export interface JobMatch {
  readonly kind: JobKind;
  /** The name of the job, of the endpoint or of the build's project. */
  readonly name?: string;
  /** The name of the model, for a transform job or an endpoint. */
  readonly model?: string;
}

/** What each kind of work can suffer, apart from an exit code and an answer. */
export const JOB_FAULTS = {
  training: [
    ...['capacity', 'internalError', 'spotUnavailable', 'spotInterruption'],
    ...['crash', 'outOfMemory', 'outOfTime', 'corruptedOutput'],
  ],
  processing: ['capacity', 'internalError', 'crash', 'outOfMemory', 'outOfTime', 'corruptedOutput'],
  transform: ['capacity', 'internalError', 'crash', 'outOfMemory'],
  endpoint: ['capacity', 'crash', 'outOfMemory', 'neverReady', 'timeout'],
  build: ['internalError', 'crash', 'outOfMemory', 'outOfTime'],
} as const satisfies Readonly<Record<JobKind, readonly string[]>>;

/** The program ends with this code. */
export interface ExitFault {
  readonly exitCode: number;
  /** Its last words: the failure or exit message of a job, the last line of a build or an endpoint. */
  readonly message?: string;
}

/** The container answers every request so, pings apart. */
export interface AnswerFault {
  readonly answer: { readonly status?: number; readonly body?: string; readonly contentType?: string };
}

export type JobFaultName =
  | 'capacity'
  | 'internalError'
  | 'spotUnavailable'
  | 'spotInterruption'
  | 'crash'
  | 'outOfMemory'
  | 'outOfTime'
  | 'corruptedOutput'
  | 'neverReady'
  | 'timeout';
export type JobFault = JobFaultName | ExitFault | AnswerFault;

export interface JobRule extends Named {
  readonly job: JobMatch;
  readonly fault: JobFault;
}

/** Deliveries of EventBridge, SNS, Scheduler and of S3's events to their targets. */
export interface DeliveryMatch {
  /** The ARN of the target, as a glob pattern. */
  readonly to?: string;
  /** The ARN of the rule, topic or schedule, as a glob pattern. */
  readonly from?: string;
}

export interface DeliveryRule extends Named {
  readonly delivery: DeliveryMatch;
  readonly fault: 'duplicate';
}

export type FaultRule = CallRule | JobRule | DeliveryRule;

/** A plan of faults, the content of a file for `--faults`. */
export interface FaultPlan {
  readonly rules: readonly FaultRule[];
}

/** A fault that happened. */
export interface InjectedFault {
  /** The rule's name. */
  readonly rule: string;
  readonly fault: FaultRule['fault'];
  /** ISO 8601. */
  readonly time: string;
  /** The call as `service:Operation`, the job as `kind name`, or the delivery's target. */
  readonly target: string;
}
