import type { Cloud } from '../../core/cloud';
import type { ServiceId } from '../../model/catalog';

/** The `.sync` integration of one kind of job. */
export interface JobKind {
  service: ServiceId;
  /** Differs from `sync` only for executions: with `sync:2`, the result is JSON and not text. */
  pattern?: string;
  create: string;
  /** The member of the create response that identifies the job, and the job's ARN in it. */
  created(answer: Record<string, unknown>, input: Record<string, unknown>): { arn: string; id: string };
  describe: string;
  describeInput(id: string): object;
  /** The member of the describe response that is the task's result; default: the whole response. */
  result?(answer: Record<string, unknown>): Record<string, unknown>;
  /** Members of the result that are JSON text in the service and JSON in the task's result. */
  jsonResult?: readonly string[];
  stop: string;
  /** The managed rule that informs Step Functions of the job's end. */
  rule: string;
  status(description: Record<string, unknown>): string;
  /** The member of the state-change event's detail that holds the status. */
  statusInEvent: string;
  succeeded: readonly string[];
  failed: readonly string[];
}

/**
 * Sources: Developer Guide, "Create and manage Amazon SageMaker AI jobs" and "Manage AWS CodeBuild builds", with the
 * IAM policies given there. A training job that was stopped counts as a success.
 */
export const JOBS: Readonly<Record<string, JobKind>> = {
  'sagemaker:createTrainingJob': sageMakerJob('TrainingJob', 'Training'),
  'sagemaker:createProcessingJob': sageMakerJob('ProcessingJob', 'Processing'),
  'sagemaker:createTransformJob': sageMakerJob('TransformJob', 'Transform'),
  'codebuild:startBuild': {
    service: 'codebuild',
    create: 'StartBuild',
    created: (answer) => {
      const { id, arn } = answer.build as { id: string; arn: string };
      return { id, arn };
    },
    describe: 'BatchGetBuilds',
    describeInput: (id) => ({ ids: [id] }),
    result: (answer) => ({ build: (answer.builds as unknown[])[0] }),
    stop: 'StopBuild',
    rule: 'StepFunctionsGetEventForCodeBuildStartBuildRule',
    status: ({ build }) => (build as { buildStatus: string }).buildStatus,
    statusInEvent: 'build-status',
    succeeded: ['SUCCEEDED'],
    failed: ['FAILED', 'FAULT', 'STOPPED', 'TIMED_OUT'],
  },
  'states:startExecution': {
    service: 'sfn',
    pattern: 'sync:2',
    create: 'StartExecution',
    created: (answer) => {
      const arn = answer.executionArn as string;
      return { arn, id: arn };
    },
    describe: 'DescribeExecution',
    describeInput: (executionArn) => ({ executionArn }),
    jsonResult: ['Input', 'Output'],
    stop: 'StopExecution',
    rule: 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
    status: (description) => description.status as string,
    statusInEvent: 'status',
    succeeded: ['SUCCEEDED'],
    failed: ['FAILED', 'TIMED_OUT', 'ABORTED'],
  },
};

function sageMakerJob(kind: 'TrainingJob' | 'ProcessingJob' | 'TransformJob', word: string): JobKind {
  const name = `${kind}Name`;
  return {
    service: 'sagemaker',
    create: `Create${kind}`,
    created: (answer, input) => ({ arn: answer[`${kind}Arn`] as string, id: input[name] as string }),
    describe: `Describe${kind}`,
    describeInput: (id) => ({ [name]: id }),
    stop: `Stop${kind}`,
    rule: `StepFunctionsGetEventsForSageMaker${word}JobsRule`,
    status: (description) => description[`${kind}Status`] as string,
    statusInEvent: `${kind}Status`,
    succeeded: ['Completed', 'Stopped'],
    failed: ['Failed'],
  };
}

/** Returns the input of the job's stop operation. */
export function stopInput(kind: JobKind, id: string): object {
  return kind.service === 'codebuild' ? { id } : kind.describeInput(id);
}

/** Waits for the events that services publish when a job changes; does not poll. */
export class JobEnds {
  private readonly ended = new Set<string>();
  private readonly waiting = new Map<string, () => void>();

  constructor(cloud: Cloud) {
    const terminal = new Set(
      Object.values(JOBS).flatMap(({ succeeded, failed }) => [...succeeded, ...failed]),
    );
    const members = new Set(Object.values(JOBS).map(({ statusInEvent }) => statusInEvent));
    cloud.events.subscribe(({ resources, detail }) => {
      const ended = [...members].some((member) => terminal.has(String(detail[member])));
      if (!ended) return;
      for (const arn of resources) {
        this.ended.add(arn);
        this.waiting.get(arn)?.();
        this.waiting.delete(arn);
      }
    });
  }

  /** Resolves when the job has ended, also if it ended earlier; rejects with the signal's reason. */
  wait(arn: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    if (this.ended.has(arn)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.waiting.delete(arn);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', abort, { once: true });
      this.waiting.set(arn, () => {
        signal.removeEventListener('abort', abort);
        resolve();
      });
    });
  }
}
