import { join } from 'node:path';
import { policyAuthorizer } from './access/authorizer';
import { Cloud } from './core/cloud';
import { lockDirectory } from './core/lock';
import { systemClock, type Clock } from './core/clock';
import { OPERATOR_CREDENTIALS } from './core/principals';
import { ProcessImages } from './images/process-image';
import { apigateway } from './services/apigateway';
import { applicationAutoScaling } from './services/applicationautoscaling';
import { cloudformation } from './services/cloudformation';
import { cloudwatch } from './services/cloudwatch';
import { codebuild } from './services/codebuild';
import { ecr } from './services/ecr';
import { eventbridge } from './services/eventbridge';
import { fsx } from './services/fsx';
import { kms } from './services/kms';
import { lambda } from './services/lambda';
import { logs } from './services/logs';
import { s3 } from './services/s3';
import { sagemaker } from './services/sagemaker';
import { EndpointHosts } from './services/sagemaker/endpoint-hosts';
import { Interruptions } from './services/sagemaker/interruptions';
import { sagemakerRuntime } from './services/sagemaker-runtime';
import { scheduler } from './services/scheduler';
import { serviceQuotas } from './services/servicequotas';
import { Quotas } from './services/servicequotas/quotas';
import { sns } from './services/sns';
import { ssm } from './services/ssm';
import { stepfunctions } from './services/stepfunctions';
import { sts } from './services/sts';
import { bootstrap } from './templates/bootstrap';
import { deployAssembly } from './templates/deploy';

export interface LocalCloudOptions {
  /** Everything that outlives the process. */
  stateDirectory: string;
  /** Python interpreter for containers whose entry point is Python. */
  python: string;
  /** Port of the API Gateway front; 0 is any free one. */
  apiPort: number;
  /** The system's, if not given. */
  clock?: Clock;
  /** By which executions wait and time out; the cloud's, if not given. */
  executionClock?: Clock;
  /**
   * Instances by the name of SageMaker's quota, such as `ml.g5.xlarge for spot training job usage`; 20 of each else.
   */
  quotas?: Readonly<Record<string, number>>;
  /** Port of AWS's APIs; any free one by default. */
  port?: number;
}

/** AWS on this machine, for any CDK app made of the resource types in `templates/resources`. */
export interface LocalCloud {
  readonly cloud: Cloud;
  /** Options that make an SDK client an operator's of this cloud. */
  clientOptions(): {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  /** Makes the account ready for the CDK CLI, unless it is; from the template that `cdk bootstrap` deploys. */
  bootstrap(template: string): Promise<void>;
  /** Deploys every stack of a cloud assembly; returns the outputs of all of them. */
  deploy(assemblyDirectory: string): Promise<Record<string, string>>;
  /** The address on this machine of an API's URL in AWS. */
  localUrl(url: string): string;
  /** Asks for Spot interruptions of the next training jobs. */
  interruptTraining(count: number): void;
  close(): Promise<void>;
}

/** @throws Error where a port or the state directory is in use, or a quota is none */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const quotas = new Quotas(options.quotas);
  const unlock = lockDirectory(options.stateDirectory);
  try {
    return await open(options, quotas, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

async function open(options: LocalCloudOptions, quotas: Quotas, unlock: () => void): Promise<LocalCloud> {
  const { stateDirectory, python, apiPort, port } = options;
  const images = new ProcessImages(join(stateDirectory, 'images'));
  const interpreters = { node: process.execPath, python };
  const hosts = new EndpointHosts();
  const interruptions = new Interruptions();
  const front = apigateway({ port: apiPort, clock: systemClock });
  const cloud = new Cloud({
    stateDirectory,
    journalFile: join(stateDirectory, 'calls.jsonl'),
    authorizer: policyAuthorizer,
    ...(options.clock && { clock: options.clock }),
  }).register(
    front,
    applicationAutoScaling,
    cloudwatch,
    codebuild(images),
    ecr,
    eventbridge,
    fsx,
    kms,
    lambda(),
    logs,
    s3,
    sagemaker({ images, interpreters, hosts, interruptions, quotas }),
    sagemakerRuntime({ hosts }),
    (cloud) => sns(cloud, (text) => front.localise(text)),
    serviceQuotas(quotas),
    ssm,
    (cloud) => stepfunctions(cloud, options.executionClock),
    sts,
    // It may call at once, when it starts, what it could not while the cloud was closed.
    scheduler,
    // The last one: its resources are the others'.
    cloudformation,
  );
  try {
    await cloud.listen(port);
  } catch (error) {
    await cloud.close();
    throw error;
  }
  const operator = { principal: cloud.principals.operator };
  return {
    cloud,
    clientOptions: () => ({
      endpoint: cloud.endpoint,
      region: cloud.region,
      credentials: OPERATOR_CREDENTIALS,
    }),
    bootstrap: (template) => bootstrap(cloud, operator, template),
    async deploy(assemblyDirectory) {
      await bootstrap(cloud, operator);
      return deployAssembly(cloud, operator, assemblyDirectory);
    },
    localUrl: (url) => front.localUrl(url),
    interruptTraining: (count) => interruptions.request(count),
    close: () => cloud.close().finally(unlock),
  };
}
