import { APIGatewayClient, GetApiKeyCommand } from '@aws-sdk/client-api-gateway';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SFNClient } from '@aws-sdk/client-sfn';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { removeState, startLocalCloud, type Clock, type LocalCloud } from 'local-cloud';
import type { Api } from './prediction';
import { synthesise } from './synthesis';

/** Outputs of the stacks, as `cdk deploy` would print them. */
export interface Outputs {
  DataBucketName: string;
  ArtifactsBucketName: string;
  StateMachineArn: string;
  EndpointName: string;
  PredictUrl?: string;
  ApiKeyId?: string;
}

/** Clients as an operator's of the cloud. */
export interface Clients {
  s3: S3Client;
  sfn: SFNClient;
  logs: CloudWatchLogsClient;
  sagemaker: SageMakerClient;
}

/** The deployed pipeline on this machine. */
export interface Session {
  cloud: LocalCloud;
  outputs: Outputs;
  clients: Clients;
  /** Null where predictions are made in batches. */
  api: Api | null;
  /** Folder of everything that a session leaves. */
  state: string;
}

export interface SessionOptions {
  state: string;
  /** Forget what earlier sessions left. */
  fresh: boolean;
  /** Port of the prediction API; 0 is any free one. */
  port: number;
  /** Interpreter that has PyTorch. */
  python: string;
  /** The cloud's clock; the system's, if not given. */
  clock?: Clock;
  /** By which executions wait and time out; the cloud's, if not given. */
  executionClock?: Clock;
  /** Deploy the automatic triggers too. */
  triggers?: boolean;
  /** Thresholds in place of the configured gate, e.g. `accuracy=0.75`. */
  gate?: string;
  /** Folder of a cloud assembly to deploy in the place of the `local` environment's. */
  assembly?: string;
}

/** Where mails to the team lie, below the state's folder. */
export const MAIL_FOLDER = join('cloud', 'mail');

/** Starts the local cloud and deploys the `local` environment to it. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const state = resolve(options.state);
  if (options.fresh) forget(state);
  mkdirSync(state, { recursive: true });
  const synthesis = options.assembly
    ? Promise.resolve(options.assembly)
    : synthesise(join(state, 'cdk.out'), options);
  // The failure that counts may be the cloud's; this one is awaited below.
  synthesis.catch(() => undefined);
  const cloud = await startCloud(options, join(state, 'cloud'));
  try {
    const outputs = (await cloud.deploy(await synthesis)) as unknown as Outputs;
    const client = cloud.clientOptions();
    return {
      cloud,
      outputs,
      state,
      clients: {
        s3: new S3Client({ ...client, forcePathStyle: true }),
        sfn: new SFNClient(client),
        logs: new CloudWatchLogsClient(client),
        sagemaker: new SageMakerClient(client),
      },
      api: await describeApi(cloud, outputs),
    };
  } catch (error) {
    await cloud.close();
    throw error;
  }
}

/**
 * Removes what earlier sessions left, and nothing else that lies there.
 *
 * @throws Error where a session is using it
 */
function forget(state: string): void {
  removeState(join(state, 'cloud'));
  for (const name of ['cdk.out', 'last-run.json'])
    rmSync(join(state, name), { recursive: true, force: true });
}

/** @throws Error that names the flag to use where the port is taken */
async function startCloud(options: SessionOptions, stateDirectory: string): Promise<LocalCloud> {
  const { python, port, clock, executionClock } = options;
  try {
    return await startLocalCloud({ stateDirectory, python, apiPort: port, clock, executionClock });
  } catch (error) {
    const { message } = error as Error;
    throw /port .* in use/.test(message) ? new Error(`${message} Say npm start -- --port 0.`) : error;
  }
}

async function describeApi(cloud: LocalCloud, { PredictUrl, ApiKeyId }: Outputs): Promise<Api | null> {
  if (!PredictUrl || !ApiKeyId) return null;
  const client = new APIGatewayClient(cloud.clientOptions());
  const { value } = await client.send(new GetApiKeyCommand({ apiKey: ApiKeyId, includeValue: true }));
  return { url: cloud.localUrl(PredictUrl), key: value! };
}
