import type { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../config';
import { runTags, type RunTag } from '../contract/tags';
import type { DataStore } from '../platform/data-store';
import type { JobRole } from '../platform/job-role';
import { AdoptedJob, type JobKind } from './adopted-job';
import { jsonata, variableOf, type Arguments, type Expression } from './jsonata';
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
      assign: props.assign,
    });
    this.addRetry(capacityRetry);
    const { stateName, outputs, assign } = props;
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
  }

  override next(next: sfn.IChainable): sfn.Chain {
    this.adopted.next(next);
    return super.next(next);
  }

  override addCatch(handler: sfn.IChainable, props?: sfn.CatchProps): this {
    this.adopted.addCatch(handler, { ...props, errors: ['States.ALL'] });
    super.addCatch(handler, props);
    return this;
  }
}

/**
 * Appends the number of the redrive, in hundreds: a job that failed keeps its name.
 */
function withRedrive(name: string): Expression {
  return jsonata(`${name} & '-' & $string(100 * ${REDRIVES})`);
}
