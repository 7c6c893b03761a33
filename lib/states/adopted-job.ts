import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { ErrorName } from '../contract/errors';
import { jsonata, type Expression } from './jsonata';
import { CALL_TIMEOUT, ServiceTask } from './service-task';

/** Kinds of SageMaker jobs whose end Step Functions waits for. */
export type JobKind = 'Processing' | 'Training' | 'Transform';

/** Members of a job's description that states read from the result of its task. */
const KEPT: Readonly<Record<JobKind, readonly string[]>> = {
  Processing: ['ProcessingJobStatus'],
  Training: [
    ...['TrainingJobName', 'TrainingJobStatus', 'ModelArtifacts', 'FinalMetricDataList'],
    ...['TrainingTimeInSeconds', 'BillableTimeInSeconds'],
  ],
  Transform: ['TransformJobStatus'],
};

const POLL = Duration.seconds(30);

export interface AdoptedJobProps {
  readonly kind: JobKind;
  /** Name of the state that started the job. */
  readonly stateName: string;
  /** Expression for the job's name. */
  readonly name: Expression;
  /** Variable with the error of the state's last attempt. */
  readonly refusal: string;
  /** Expressions over `$states.result`, as of the state that started the job. */
  readonly outputs?: unknown;
  readonly assign?: Record<string, unknown>;
}

/**
 * Waits for the end of a job that was started by an earlier attempt whose answer was lost. There is no `.sync` for a job
 * that exists, so it looks every 30 s. Succeeds and fails as the state that started the job. A branch of its own, because
 * only a Fail in it has the name and the cause of the job's failure.
 */
export class AdoptedJob extends sfn.Parallel {
  constructor(scope: Construct, id: string, props: AdoptedJobProps) {
    const { stateName, outputs, assign } = props;
    super(scope, id, {
      stateName: `Adopt job of "${stateName}"`,
      queryLanguage: sfn.QueryLanguage.JSONATA,
      outputs: ofBranch(outputs),
      assign: ofBranch(assign) as Record<string, unknown> | undefined,
    });
    this.branch(this.look(props));
  }

  private look({ kind, stateName, name, refusal }: AdoptedJobProps): sfn.State {
    const of = `of "${stateName}"`;
    const result = '$states.result';
    const kept = KEPT[kind].map((member) => `'${member}': ${result}.${member}`);
    const look = new ServiceTask<Record<string, Expression>>(this, 'Look', {
      stateName: `Look at job ${of}`,
      action: `aws-sdk:sagemaker:describe${kind}Job`,
      arguments: { [`${kind}JobName`]: name },
      timeout: CALL_TIMEOUT,
      // Those of the state that started the job.
      permissions: [],
      assign: {
        jobStatus: jsonata(`${result}.${kind}JobStatus`),
        // Job names are used once, those of executions again after 90 days: a clock may differ by a minute.
        jobIsOfRun: jsonata(
          `$toMillis(${result}.CreationTime) + 60000 >= $toMillis($states.context.Execution.StartTime)`,
        ),
        jobFailure: jsonata(
          `$string({'${kind}JobName': ${result}.${kind}JobName, '${kind}JobStatus': ${result}.${kind}JobStatus, ` +
            `'FailureReason': ${result}.FailureReason, 'ExitMessage': ${result}.ExitMessage})`,
        ),
        jobResult: jsonata(`{${kept.join(', ')}}`),
      },
      outputs: jsonata('$states.input'),
    });
    const wait = sfn.Wait.jsonata(this, 'Wait', {
      stateName: `Wait for job ${of}`,
      time: sfn.WaitTime.duration(POLL),
    });
    const keep = sfn.Pass.jsonata(this, 'Keep', {
      stateName: `Keep job ${of}`,
      outputs: jsonata('$jobResult'),
    });
    const failed = sfn.Fail.jsonata(this, 'Failed', {
      stateName: `Job ${of} failed`,
      error: ErrorName.JobFailed,
      cause: jsonata('$jobFailure'),
    });
    const refused = sfn.Fail.jsonata(this, 'Refused', {
      stateName: `No job ${of}`,
      error: jsonata(`$${refusal}.Error`),
      cause: jsonata(`$${refusal}.Cause`),
    });
    look.addCatch(refused, { errors: ['States.ALL'], outputs: {} });
    wait.next(look);
    const condition = (code: string) => sfn.Condition.jsonata(jsonata(code));
    look.next(
      sfn.Choice.jsonata(this, 'Ended', { stateName: `Job ${of} ended?` })
        .when(condition('$not($jobIsOfRun)'), refused)
        .when(condition("$jobStatus in ['InProgress', 'Stopping']"), wait)
        .when(condition("$jobStatus in ['Completed', 'Stopped']"), keep)
        .otherwise(failed),
    );
    return look;
  }
}

/** Returns expressions over the result of a task as expressions over that of the branch. */
function ofBranch(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$states.result', '$states.result[0]');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, ofBranch(member)]));
}
