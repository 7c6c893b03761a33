import { APIGatewayClient, GetApiKeyCommand } from '@aws-sdk/client-api-gateway';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SFNClient } from '@aws-sdk/client-sfn';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { removeState, startLocalCloud, type Clock, type EngineName, type LocalCloud } from 'local-cloud';
import type { PipelineConfig } from '../lib/config';
import type { Api } from '../cli/api';
import { signer } from '../cli/signing';
import { synthesise } from '../cli/synthesis';
import { ENVIRONMENT } from './environment';
import { createTeamBucket } from './team-bucket';

/** Outputs of the stacks, as `cdk deploy` prints them. */
export interface Outputs {
  DataBucketName: string;
  ArtifactsBucketName: string;
  StateMachineArn: string;
  EndpointName: string;
  PredictUrl?: string;
  ApiKeyId?: string;
}

/** SDK clients with the operator's credentials. */
export interface Clients {
  s3: S3Client;
  sfn: SFNClient;
  logs: CloudWatchLogsClient;
  sagemaker: SageMakerClient;
}

/** The API on the local cloud. */
export interface SessionApi extends Api {
  /** Options with which curl signs a request; empty if the API needs no signature. */
  readonly curlSigning: string;
}

/** The pipeline, deployed to a local cloud. */
export interface Session {
  cloud: LocalCloud;
  outputs: Outputs;
  clients: Clients;
  /** Null for batch serving. */
  api: SessionApi | null;
  config: PipelineConfig;
  /** Folder of the session's state. */
  state: string;
  /** Bucket that was created in place of the team's, which an AWS account already has. */
  createdBucket?: string;
}

export interface SessionOptions {
  state: string;
  /** Delete the state of earlier sessions. */
  fresh: boolean;
  /** Port of the prediction API; 0 is any free one. */
  port: number;
  /** Python interpreter with PyTorch. */
  python: string;
  /** What runs containers; default: `process`. */
  engine?: EngineName;
  /** The cloud's clock; default: the system's. */
  clock?: Clock;
  /** Clock for waits and timeouts of executions; default: the cloud's. */
  executionClock?: Clock;
  /** The cloud leaves out of its answers what AWS may leave out; default: false. */
  sparseAnswers?: boolean;
  /** Deploy the automatic triggers. */
  triggers?: boolean;
  /** Thresholds that replace the configured gate, e.g. `f1=0.75`. */
  gate?: string;
  /** Configuration of the pipeline. */
  config: PipelineConfig;
  /**
   * Folder of a cloud assembly to deploy, or a function that returns it once the cloud is running; default: the
   * synthesised `local` environment.
   */
  assembly?: string | ((cloud: LocalCloud) => Promise<string>);
}

/** Folder of the mails below the state folder. */
export const MAIL_FOLDER = join('cloud', 'mail');

/** Starts the local cloud and deploys the `local` environment to it. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const state = resolve(options.state);
  if (options.fresh) forget(state);
  mkdirSync(state, { recursive: true });
  const { assembly, config } = options;
  const synthesis = assembly
    ? Promise.resolve(assembly)
    : synthesise(join(state, 'cdk.out'), {
        environment: ENVIRONMENT,
        model: config.model,
        // `npm start` uploads data, which would trigger a second run.
        triggers: options.triggers ?? false,
        gate: options.gate,
      });
  // A failure of the cloud's start comes first; the synthesis is awaited below.
  synthesis.catch(() => undefined);
  const cloud = await startCloud(options, join(state, 'cloud'));
  try {
    const given = await synthesis;
    const folder = typeof given === 'string' ? given : await given(cloud);
    return await deployTo(cloud, folder, { config, state });
  } catch (error) {
    await cloud.close();
    throw error;
  }
}

/** Deploys a pipeline to a local cloud, which may have others. @param assembly folder of its cloud assembly */
export async function deployTo(
  cloud: LocalCloud,
  assembly: string,
  { config, state }: Pick<Session, 'config' | 'state'>,
): Promise<Session> {
  const client = cloud.clientOptions();
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const name = config.data.bucket?.name;
  const created = name !== undefined && (await createTeamBucket(s3, name));
  const outputs = (await cloud.deploy(assembly)) as unknown as Outputs;
  return {
    cloud,
    outputs,
    state,
    config,
    ...(created && { createdBucket: name }),
    clients: {
      s3,
      sfn: new SFNClient(client),
      logs: new CloudWatchLogsClient(client),
      sagemaker: new SageMakerClient(client),
    },
    api: await describeApi(cloud, outputs, config),
  };
}

/**
 * Deletes the state of earlier sessions, and no other files in the folder.
 *
 * @throws Error if a session is using it
 */
function forget(state: string): void {
  removeState(join(state, 'cloud'));
  for (const name of ['cdk.out', 'last-run.json'])
    rmSync(join(state, name), { recursive: true, force: true });
}

/** Starts the local cloud. @throws Error that names the flag to use if the port is in use */
async function startCloud(options: SessionOptions, stateDirectory: string): Promise<LocalCloud> {
  const { python, port: apiPort, engine, clock, executionClock, sparseAnswers } = options;
  try {
    return await startLocalCloud({
      ...{ stateDirectory, python, engine, apiPort, clock, executionClock, sparseAnswers },
    });
  } catch (error) {
    const { message } = error as Error;
    throw /port .* in use/.test(message)
      ? new Error(`${message} Use another one: npm start -- --port 0.`)
      : error;
  }
}

async function describeApi(
  cloud: LocalCloud,
  { PredictUrl, ApiKeyId }: Outputs,
  { api: { authorization } }: PipelineConfig,
): Promise<SessionApi | null> {
  if (!PredictUrl || !ApiKeyId) return null;
  const options = cloud.clientOptions();
  const client = new APIGatewayClient(options);
  const { value } = await client.send(new GetApiKeyCommand({ apiKey: ApiKeyId, includeValue: true }));
  const api = { url: cloud.localUrl(PredictUrl), key: value! };
  if (authorization?.kind !== 'iam') return { ...api, curlSigning: '' };
  const { region, credentials } = options;
  const user = `${credentials.accessKeyId}:${credentials.secretAccessKey}`;
  const curlSigning = ` --aws-sigv4 aws:amz:${region}:execute-api --user '${user}'`;
  return { ...api, sign: signer(client), curlSigning };
}
