import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { statesOf } from './history';

/** Usage of one job or build of a run. */
export interface JobUse {
  /** State that started it. */
  readonly state: string;
  readonly kind: 'training' | 'processing' | 'transform' | 'build';
  /** Instance type, or compute type of a build; undefined where only the start is known. */
  readonly type: string | undefined;
  readonly instances: number;
  /** Billed seconds, on each instance; null where the job was stopped with the run and its end is unknown. */
  readonly seconds: number | null;
  /** Seconds that a training job would have been billed on demand. */
  readonly onDemandSeconds?: number;
}

/** The parts of a job's description, the result of its task, that hold its usage. */
interface Description {
  readonly ResourceConfig?: Cluster;
  readonly ProcessingResources?: { readonly ClusterConfig: Cluster };
  readonly TransformResources?: Cluster;
  readonly TrainingTimeInSeconds?: number;
  readonly BillableTimeInSeconds?: number;
  readonly ProcessingStartTime?: Time;
  readonly ProcessingEndTime?: Time;
  readonly TransformStartTime?: Time;
  readonly TransformEndTime?: Time;
  readonly Build?: {
    readonly StartTime?: Time;
    readonly EndTime?: Time;
    readonly Environment?: { readonly ComputeType?: string };
  };
}
interface Cluster {
  readonly InstanceType: string;
  readonly InstanceCount: number;
}
/** ISO 8601, or milliseconds since the epoch. */
type Time = string | number;

const KINDS: Readonly<Record<string, JobUse['kind']>> = {
  'createTrainingJob.sync': 'training',
  'createProcessingJob.sync': 'processing',
  'createTransformJob.sync': 'transform',
  'startBuild.sync': 'build',
};

/**
 * Returns every job and build that an execution started, including those that failed and were retried.
 *
 * @param events of its history, oldest first, with their data
 */
export function jobsOf(events: readonly HistoryEvent[]): JobUse[] {
  const stateOf = statesOf(events);
  const started = events.filter(({ taskSubmittedEventDetails: task }) => task && KINDS[task.resource!]);
  return started.map((event) => {
    const kind = KINDS[event.taskSubmittedEventDetails!.resource!]!;
    const end = events.find(
      ({ previousEventId, type }) => previousEventId === event.id && type !== 'TaskTimedOut',
    );
    const text = end?.taskSucceededEventDetails?.output ?? end?.taskFailedEventDetails?.cause;
    return { state: stateOf(event) ?? 'unknown', kind, ...used(kind, parsed(text)) };
  });
}

const UNKNOWN = { type: undefined, instances: 1, seconds: null };

function used(kind: JobUse['kind'], job: Description | undefined): Omit<JobUse, 'state' | 'kind'> {
  if (!job) return UNKNOWN;
  switch (kind) {
    case 'training':
      return {
        ...cluster(job.ResourceConfig),
        // A job that never had an instance has neither.
        seconds: job.BillableTimeInSeconds ?? 0,
        onDemandSeconds: job.TrainingTimeInSeconds ?? 0,
      };
    case 'processing':
      return {
        ...cluster(job.ProcessingResources?.ClusterConfig),
        seconds: between(job.ProcessingStartTime, job.ProcessingEndTime),
      };
    case 'transform':
      return {
        ...cluster(job.TransformResources),
        seconds: between(job.TransformStartTime, job.TransformEndTime),
      };
    case 'build':
      return {
        type: job.Build?.Environment?.ComputeType,
        instances: 1,
        seconds: between(job.Build?.StartTime, job.Build?.EndTime),
      };
  }
}

function cluster(found: Cluster | undefined): Pick<JobUse, 'type' | 'instances'> {
  return { type: found?.InstanceType, instances: found?.InstanceCount ?? 1 };
}

/** Returns the seconds between two times: 0 without a start; null without an end. */
function between(start: Time | undefined, end: Time | undefined): number | null {
  if (start === undefined) return 0;
  if (end === undefined) return null;
  return Math.max(0, (new Date(end).getTime() - new Date(start).getTime()) / 1_000);
}

/** Returns the description in a task's cause; causes of failed jobs are JSON, others are texts. */
function parsed(text: string | undefined): Description | undefined {
  try {
    const value = JSON.parse(text ?? '') as unknown;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
