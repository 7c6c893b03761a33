import { join } from 'node:path';
import { Cloud } from './core/cloud';
import { OPERATOR_CREDENTIALS } from './core/principals';
import { ProcessImages } from './images/process-image';
import { apigateway } from './services/apigateway';
import { cloudwatch } from './services/cloudwatch';
import { codebuild } from './services/codebuild';
import { ecr } from './services/ecr';
import { eventbridge } from './services/eventbridge';
import { lambda } from './services/lambda';
import { logs } from './services/logs';
import { s3 } from './services/s3';
import { sagemaker } from './services/sagemaker';
import { EndpointHosts } from './services/sagemaker/endpoint-hosts';
import { Interruptions } from './services/sagemaker/interruptions';
import { sagemakerRuntime } from './services/sagemaker-runtime';
import { sns } from './services/sns';
import { ssm } from './services/ssm';
import { stepfunctions } from './services/stepfunctions';
import { sts } from './services/sts';
import { readAssembly } from './templates/assembly';
import { bootstrap, publish } from './templates/assets';
import { Deployer } from './templates/deployer';

export interface LocalCloudOptions {
  /** Everything that outlives the process. */
  stateDirectory: string;
  /** Python interpreter for containers whose entry point is Python. */
  python: string;
  /** Port of the API Gateway front; 0 is any free one. */
  apiPort: number;
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
  /** Deploys every stack of a cloud assembly; returns the outputs of all of them. */
  deploy(assemblyDirectory: string): Promise<Record<string, string>>;
  /** The address on this machine of an API's URL in AWS. */
  localUrl(url: string): string;
  /** Asks for Spot interruptions of the next training jobs. */
  interruptTraining(count: number): void;
  close(): Promise<void>;
}

export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const { stateDirectory, python, apiPort } = options;
  const images = new ProcessImages(join(stateDirectory, 'images'));
  const interpreters = { node: process.execPath, python };
  const hosts = new EndpointHosts();
  const interruptions = new Interruptions();
  const front = apigateway({ port: apiPort });
  const cloud = new Cloud({ stateDirectory, journalFile: join(stateDirectory, 'calls.jsonl') }).register(
    front,
    cloudwatch,
    codebuild(images),
    ecr,
    eventbridge,
    lambda(),
    logs,
    s3,
    sagemaker({ images, interpreters, hosts, interruptions }),
    sagemakerRuntime({ hosts }),
    sns,
    ssm,
    stepfunctions,
    sts,
  );
  try {
    await cloud.listen();
  } catch (error) {
    await cloud.close();
    throw error;
  }
  const deployer = new Deployer(cloud);
  const operator = { principal: cloud.principals.operator };
  return {
    cloud,
    clientOptions: () => ({
      endpoint: cloud.endpoint,
      region: cloud.region,
      credentials: OPERATOR_CREDENTIALS,
    }),
    async deploy(assemblyDirectory) {
      const outputs: Record<string, string> = {};
      await bootstrap(cloud, operator);
      for (const stack of readAssembly(assemblyDirectory)) {
        await publish(cloud, operator, stack.files);
        Object.assign(outputs, (await deployer.deploy(stack.stackName, stack.template)).outputs);
      }
      return outputs;
    },
    localUrl: (url) => front.localUrl(url),
    interruptTraining: (count) => interruptions.request(count),
    close: () => cloud.close(),
  };
}
