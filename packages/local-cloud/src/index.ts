import { join } from 'node:path';
import { policyAuthorizer } from './access/authorizer';
import { Cloud } from './core/cloud';
import type { EventEnvelope } from './core/events';
import type { EngineName } from './containers/engine';
import { fullDisk } from './core/full-disk';
import { lockDirectory } from './core/lock';
import { checkStateVersion } from './core/state-version';
import { systemClock, type Clock } from './core/clock';
import { OPERATOR_CREDENTIALS } from './core/principals';
import type { Caller, Input, OperationName, Output } from './core/service';
import type { ServiceId } from './model/catalog';
import type { FaultPlan, FaultRule, InjectedFault } from './faults/rules';
import { SERVICES } from './services';
import { RestFront } from './services/apigateway/front/front';
import { bootstrap } from './templates/bootstrap';
import { deployAssembly } from './templates/deploy';
import { withCore } from './core/core-of';

export { systemClock, type Clock } from './core/clock';
export type { EventEnvelope } from './core/events';
export { removeState } from './core/lock';
export { faultReport, readPlan } from './faults/plan-file';
export { describeMissing, missingPackages, type MissingPackages } from './images/missing-packages';
export { ENGINES, type EngineName } from './containers/engine';
export { FaultPlanError } from './faults/check';
export type { CallRule, DeliveryRule, FaultPlan, FaultRule, InjectedFault, JobRule } from './faults/rules';
export { ServiceError } from './model/errors';

export interface LocalCloudOptions {
  /** The directory of all state that outlives the process. */
  stateDirectory: string;
  /** The Python interpreter for containers whose entry point is Python, with the process engine. */
  python: string;
  /**
   * Runs containers: `process`, as processes of this machine from the files that Dockerfiles copy (the default), or
   * `docker`, as containers of images that a Docker engine builds from the Dockerfiles.
   */
  engine?: EngineName;
  /** The port of API Gateway's REST APIs; 0 is any free port. */
  apiPort: number;
  /** By default, the system's clock. */
  clock?: Clock;
  /** The clock of executions' waits and timeouts; by default, the cloud's. */
  executionClock?: Clock;
  /**
   * Instances by the name of SageMaker's quota, such as `ml.g5.xlarge for spot training job usage`; 20 of each other.
   */
  quotas?: Readonly<Record<string, number>>;
  /** The port of AWS's APIs; by default, any free port. */
  port?: number;
  /**
   * Answers to everyone but the operator leave out every member that the service's model does not require, where it
   * requires any: nothing may depend on one. For tests.
   */
  sparseAnswers?: boolean;
  /** What fails, how and when. Default: nothing. */
  faults?: FaultPlan;
}

/** The plan of faults of a running cloud. */
export interface FaultControl {
  /** The faults that happened since the plan was set, oldest first; each is an event of `local-cloud.faults` too. */
  readonly injected: readonly InjectedFault[];
  /** The names of the rules that caused no fault: what they should have broken was not tested. */
  readonly unused: readonly string[];
  /** Replaces the plan, and forgets what happened. @throws FaultPlanError */
  set(plan: FaultPlan): void;
  /** Adds rules to the plan. @throws FaultPlanError */
  add(...rules: FaultRule[]): void;
}

/** AWS on this machine, for any CDK app made of the resource types that it supports. */
export interface LocalCloud {
  readonly account: string;
  readonly region: string;
  /** The address of AWS's APIs: `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  /** Returns the options of an SDK client that acts as the operator of this cloud. */
  clientOptions(): {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  /** Returns the environment variables of a process that acts as a role or, without one, as the operator. */
  environmentFor(roleArn?: string, sessionName?: string): Record<string, string>;
  /**
   * Bootstraps the account for the CDK CLI if it is not bootstrapped, with the template that `cdk bootstrap` deploys.
   */
  bootstrap(template: string): Promise<void>;
  /** Deploys every stack of a cloud assembly; returns the outputs of all of them. */
  deploy(assemblyDirectory: string): Promise<Record<string, string>>;
  /** Calls an operation of a service as the operator, typed by the SDK. @throws ServiceError as the service answers */
  call<S extends ServiceId, O extends OperationName<S>>(
    service: S,
    operation: O,
    input: Input<S, O>,
  ): Promise<Output<S, O>>;
  /** Waits for the end of a state machine's execution; returns its description. */
  executionEnd(executionArn: string): Promise<Output<'sfn', 'DescribeExecution'>>;
  /** Calls the listener for each later event that a service publishes. Returns a function that removes the listener. */
  onEvent(listener: (event: EventEnvelope) => void): () => void;
  /** Resolves when no delivery to a target is under way. */
  settled(): Promise<void>;
  /** Returns the address on this machine of an API's URL in AWS. */
  localUrl(url: string): string;
  readonly faults: FaultControl;
  close(): Promise<void>;
}

/**
 * Starts a local cloud.
 *
 * @throws Error if a port or the state directory is in use, the state is of a newer version, its disk is full, a quota or
 *   the plan of faults is invalid, or no Docker engine answers that is asked for
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  let unlock: (() => void) | undefined;
  try {
    unlock = lockDirectory(options.stateDirectory);
    checkStateVersion(options.stateDirectory);
    return await open(options, unlock);
  } catch (error) {
    unlock?.();
    throw fullDisk(error, options.stateDirectory) ?? error;
  }
}

async function open(options: LocalCloudOptions, unlock: () => void): Promise<LocalCloud> {
  const {
    stateDirectory,
    python,
    apiPort,
    port,
    clock,
    executionClock,
    quotas,
    engine,
    sparseAnswers,
    faults,
  } = options;
  const cloud = new Cloud({
    stateDirectory,
    journalFile: join(stateDirectory, 'calls.jsonl'),
    authorizer: policyAuthorizer,
    ...(clock && { clock }),
    sparseAnswers,
    // Also without rules: a plan can be set later.
    faults: faults ?? { rules: [] },
    settings: {
      apigateway: { port: apiPort, clock: systemClock },
      containers: { engine, interpreters: { node: process.execPath, python } },
      ...(quotas && { servicequotas: quotas }),
      ...(executionClock && { sfn: { clock: executionClock } }),
    },
  }).register(...SERVICES);
  try {
    await cloud.listen(port);
  } catch (error) {
    await cloud.close();
    throw error;
  }
  const operator = { principal: cloud.principals.operator };
  const result: LocalCloud = {
    account: cloud.account,
    region: cloud.region,
    endpoint: cloud.endpoint,
    clientOptions: () => ({
      endpoint: cloud.endpoint,
      region: cloud.region,
      credentials: OPERATOR_CREDENTIALS,
    }),
    environmentFor: (roleArn, sessionName) => cloud.environmentFor(roleArn, sessionName),
    bootstrap: (template) => bootstrap(cloud, operator, template),
    async deploy(assemblyDirectory) {
      await bootstrap(cloud, operator);
      return deployAssembly(cloud, operator, assemblyDirectory);
    },
    call: (service, operation, input) =>
      cloud.call(service, operation, input, operator).finally(() => cloud.commit(operation)),
    executionEnd: (executionArn) => executionEnd(cloud, operator, executionArn),
    onEvent: (listener) => cloud.events.subscribe(listener),
    settled: () => cloud.events.settled(),
    localUrl: (url) => cloud.part(RestFront).localUrl(url),
    faults: cloud.faults,
    close: () =>
      cloud
        .close()
        .catch((error: unknown) => {
          throw fullDisk(error, stateDirectory) ?? error;
        })
        .finally(unlock),
  };
  return withCore(result, cloud);
}

/** Resolves at the event of the execution's end; at once if it has already ended. */
function executionEnd(
  cloud: Cloud,
  caller: Caller,
  executionArn: string,
): Promise<Output<'sfn', 'DescribeExecution'>> {
  return new Promise((resolve, reject) => {
    const look = async () => {
      const execution = await cloud.call('sfn', 'DescribeExecution', { executionArn }, caller);
      if (execution.status === 'RUNNING') return;
      stop();
      resolve(execution);
    };
    const stop = cloud.events.subscribe(({ source, resources }) => {
      if (source === 'aws.states' && resources.includes(executionArn)) look().catch(reject);
    });
    look().catch((error: unknown) => {
      stop();
      reject(error);
    });
  });
}
