import type { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../config';
import { ErrorName } from '../contract/errors';
import { runTags, type RunTag } from '../contract/tags';
import type { DataStore } from '../platform/data-store';
import type { JobRole } from '../platform/job-role';
import { AdoptedJob, type JobKind } from './adopted-job';
import { jsonata, literal, variableOf, type Arguments, type Expression } from './jsonata';
import { REDRIVES } from './once';
import { grantForVolumes, onSageMaker, passToSageMaker, syncRule } from './permissions';
import { capacityRetry } from './retry';
import { ServiceTask } from './service-task';

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
  /** Field of the configuration with the job's maximum, for the message of one that ran out of it. Training has its own. */
  readonly limit?: string;
  /** Expression for the job's name. */
  readonly name: string;
  readonly arguments: { readonly [Field in keyof Omit<Input, Added<Kind>>]: Arguments<Input[Field]> };
  /** At least the job's own maximum, with the start and end of its instances. */
  readonly timeout: Duration;
  /** Expressions over `$states.result`. */
  readonly outputs?: unknown;
  readonly assign?: Record<string, unknown>;
}

/** Errors of an attempt after which the job may exist: it began, and the answer was lost. */
const MAY_EXIST = ['SageMaker.ResourceInUseException', 'SageMaker.SdkClientException'];

/**
 * A Task that starts a SageMaker job and waits for its end, with all that belongs to one: name, role, tags, retries. A
 * retry has the same name: SageMaker refused the attempts before it, or the job exists and is adopted.
 */
export class SyncJob<Kind extends JobKind, Input extends object> extends ServiceTask<Input> {
  private readonly adopted: AdoptedJob;
  /** Undefined where the caller looks at the status. */
  private readonly completed: sfn.Choice | undefined;
  private readonly status: string;
  private readonly incomplete: { readonly Error: string; readonly Cause: string };

  constructor(scope: Construct, id: string, props: SyncJobProps<Kind, Input>) {
    const { kind, config, store, role } = props;
    const added: Record<string, string | readonly RunTag[]> = {
      [`${kind}JobName`]: withRedrive(props.name),
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
      assign: assignedBy(props),
    });
    this.addRetry(capacityRetry);
    const { stateName, outputs, limit } = props;
    const assign = assignedBy(props);
    const refusal = variableOf(stateName, 'refusal');
    this.adopted = new AdoptedJob(this, 'Adopt', {
      ...{ kind, stateName, outputs, assign, refusal },
      name: withRedrive(props.name),
    });
    super.addCatch(this.adopted, {
      errors: MAY_EXIST,
      assign: { [refusal]: jsonata('$states.errorOutput') },
      outputs: jsonata('$states.input'),
    });
    this.status = variableOf(stateName, 'status');
    const ended = `'${kind} job of "${stateName}" ended as ' & $${this.status} & ' instead of Completed`;
    this.incomplete = {
      Error: ErrorName.JobIncomplete,
      Cause: jsonata(`${ended}: it was stopped or ran out of time; raise ${limit} or reduce its work'`),
    };
    if (limit === undefined) return;
    // A job that was stopped or ran out of time counts as success for `.sync`, with a part of its output.
    this.completed = sfn.Choice.jsonata(this, 'Completed', {
      stateName: `"${stateName}" completed?`,
    }).otherwise(
      sfn.Fail.jsonata(this, 'Incomplete', {
        stateName: `"${stateName}" incomplete`,
        error: this.incomplete.Error,
        cause: this.incomplete.Cause,
      }),
    );
  }

  override next(next: sfn.IChainable): sfn.Chain {
    const { completed } = this;
    completed?.when(sfn.Condition.jsonata(jsonata(`$${this.status} = 'Completed'`)), next);
    this.adopted.next(completed ?? next);
    return super.next(completed ?? next);
  }

  override addCatch(handler: sfn.IChainable, props?: sfn.CatchProps): this {
    this.adopted.addCatch(handler, { ...props, errors: ['States.ALL'] });
    if (this.completed) {
      const note = sfn.Pass.jsonata(this, 'NoteIncomplete', {
        stateName: `Note end of "${this.stateName}"`,
        outputs: props?.outputs as unknown,
        assign: withError(props?.assign, this.incomplete),
      });
      note.next(handler);
      this.completed.when(sfn.Condition.jsonata(jsonata(`$${this.status} != 'Completed'`)), note);
    }
    super.addCatch(handler, props);
    return this;
  }
}

/** Returns the variables of a job's state: with its status, where the end is checked. */
function assignedBy({
  kind,
  limit,
  stateName,
  assign,
}: {
  readonly kind: JobKind;
  readonly limit?: string;
  readonly stateName: string;
  readonly assign?: Record<string, unknown>;
}) {
  if (limit === undefined) return assign;
  return { ...assign, [variableOf(stateName, 'status')]: jsonata(`$states.result.${kind}JobStatus`) };
}

/** Returns the variables of a handler with another error in place of the caught one. */
function withError(
  assign: Record<string, unknown> | undefined,
  error: { readonly Error: string; readonly Cause: string },
): Record<string, unknown> | undefined {
  if (!assign) return undefined;
  const replaced = Object.entries(assign).map(([name, value]): [string, unknown] => {
    if (value === jsonata('$states.errorOutput')) return [name, error];
    return [
      name,
      typeof value === 'string' ? value.replaceAll('$states.errorOutput', literal(error)) : value,
    ];
  });
  return Object.fromEntries(replaced);
}

/**
 * Appends the number of the redrive, in hundreds: a job that failed keeps its name.
 */
function withRedrive(name: string): Expression {
  return jsonata(`${name} & '-' & $string(100 * ${REDRIVES})`);
}
