import type { HistoryEvent } from '@aws-sdk/client-sfn';

export const TRAINING_LOGS = '/aws/sagemaker/TrainingJobs';

/** Log group of SageMaker's jobs, and the request parameter with the job's name, by task resource. */
const JOBS: Readonly<Record<string, { group: string; name: string }>> = {
  'createTrainingJob.sync': { group: TRAINING_LOGS, name: 'TrainingJobName' },
  'createProcessingJob.sync': { group: '/aws/sagemaker/ProcessingJobs', name: 'ProcessingJobName' },
  'createTransformJob.sync': { group: '/aws/sagemaker/TransformJobs', name: 'TransformJobName' },
};

/** One attempt of a run's task: a job, function or build. Times are in milliseconds since 1970. */
export type RunTask = { readonly from: number; readonly until?: number } & (
  | { readonly kind: 'job'; readonly name: string; readonly group: string; readonly image?: string }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'build'; readonly id: string }
);

const ENDED = /^Task(Succeeded|Failed|TimedOut|StartFailed|SubmitFailed)$/;

interface Started {
  FunctionName?: string;
  AlgorithmSpecification?: { TrainingImage?: string };
  AppSpecification?: { ImageUri?: string };
  [parameter: string]: unknown;
}

/** Returns the jobs, functions and builds of a run from its history. @param events oldest first */
export function runTasks(events: readonly HistoryEvent[]): RunTask[] {
  const followers = new Map<number, HistoryEvent>();
  for (const event of events) {
    if (event.type?.startsWith('Task') && !event.type.endsWith('StateEntered'))
      followers.set(event.previousEventId!, event);
  }
  return events.flatMap((event) => {
    const task = event.taskScheduledEventDetails;
    if (!task) return [];
    let submitted: HistoryEvent | undefined;
    let last: HistoryEvent | undefined = event;
    for (let next = followers.get(event.id!); next && last; next = followers.get(next.id!)) {
      if (next.type === 'TaskSubmitted') submitted = next;
      last = next;
      if (ENDED.test(next.type!)) break;
    }
    const until = ENDED.test(last.type!) ? last.timestamp!.getTime() : undefined;
    const times = { from: event.timestamp!.getTime(), ...(until !== undefined && { until }) };
    const parameters = JSON.parse(task.parameters ?? '{}') as Started;
    return describe(task.resource!, parameters, submitted).map((what) => ({ ...times, ...what }));
  });
}

type What = RunTask extends infer T ? (T extends unknown ? Omit<T, 'from' | 'until'> : never) : never;

function describe(resource: string, parameters: Started, submitted: HistoryEvent | undefined): What[] {
  const job = JOBS[resource];
  if (job) {
    const image = parameters.AlgorithmSpecification?.TrainingImage ?? parameters.AppSpecification?.ImageUri;
    return [{ kind: 'job', name: parameters[job.name] as string, group: job.group, ...(image && { image }) }];
  }
  if (resource === 'invoke') return [{ kind: 'function', name: parameters.FunctionName! }];
  if (resource !== 'startBuild.sync') return [];
  const output = submitted?.taskSubmittedEventDetails?.output;
  const id = output && (JSON.parse(output) as { Build?: { Id?: string } }).Build?.Id;
  return id ? [{ kind: 'build', id }] : [];
}
