import type { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../config';
import { runTags, type RunTag } from '../contract/tags';
import type { DataStore } from '../platform/data-store';
import type { JobRole } from '../platform/job-role';
import { jsonata, type Arguments, type Expression } from './jsonata';
import { grantForVolumes, onSageMaker, passToSageMaker, syncRule } from './permissions';
import { capacityRetry, startRetry } from './retry';
import { ServiceTask } from './service-task';

/** Kinds of SageMaker jobs whose end Step Functions waits for. */
export type JobKind = 'Processing' | 'Training' | 'Transform';

/** Arguments that the construct adds. */
type Added<Kind extends JobKind> = `${Kind}JobName` | 'RoleArn' | 'Tags';

export interface SyncJobProps<Kind extends JobKind, Input> {
  readonly kind: Kind;
  readonly config: PipelineConfig;
  /** The job's volume and outputs are encrypted with its key. */
  readonly store: DataStore;
  /** A Transform job has none: it runs under the model's. */
  readonly role?: JobRole;
  readonly stateName: string;
  /** Expression for the job's name; the attempt is appended: a retry repeats everything else, and a name is used once. */
  readonly name: string;
  readonly arguments: { readonly [Field in keyof Omit<Input, Added<Kind>>]: Arguments<Input[Field]> };
  /** At least the job's own maximum, with the start and end of its instances. */
  readonly timeout: Duration;
  /** Expressions over `$states.result`. */
  readonly outputs?: unknown;
  readonly assign?: Record<string, unknown>;
}

/** A Task that starts a SageMaker job and waits for its end, with all that belongs to one: name, role, tags, retries. */
export class SyncJob<Kind extends JobKind, Input extends object> extends ServiceTask<Input> {
  constructor(scope: Construct, id: string, props: SyncJobProps<Kind, Input>) {
    const { kind, config, store, role } = props;
    const added: Record<string, string | readonly RunTag[]> = {
      [`${kind}JobName`]: withAttempt(props.name),
      ...(role && { RoleArn: role.roleArn }),
      Tags: runTags(config, jsonata('$plan.runId')),
    };
    const actions = [`Create${kind}Job`, `Describe${kind}Job`, `Stop${kind}Job`, 'AddTags'];
    const resource = `${kind.toLowerCase() as Lowercase<Kind>}-job` as const;
    super(scope, id, {
      stateName: props.stateName,
      action: `sagemaker:create${kind}Job.sync`,
      arguments: { ...props.arguments, ...added } as unknown as Arguments<Input>,
      timeout: props.timeout,
      permissions: [
        grantForVolumes(store.key),
        onSageMaker(scope, resourcePrefix(config), [resource], actions),
        ...(role ? [passToSageMaker(role)] : []),
        syncRule(scope, `StepFunctionsGetEventsForSageMaker${kind}JobsRule`),
      ],
      outputs: props.outputs,
      assign: props.assign,
    });
    this.addRetry(capacityRetry);
    this.addRetry(startRetry);
  }
}

/**
 * Appends the attempt: a redrive counts retries from 0 again, so it counts 100. Whether the context of an execution that
 * was never redriven has `RedriveCount` is not documented.
 */
function withAttempt(name: string): Expression {
  const redrives =
    '($exists($states.context.Execution.RedriveCount) ? $states.context.Execution.RedriveCount : 0)';
  return jsonata(`${name} & '-' & $string(100 * ${redrives} + $states.context.State.RetryCount)`);
}
