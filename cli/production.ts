import { BatchGetImageCommand, type ECRClient } from '@aws-sdk/client-ecr';
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { missingParts, type MissingPart, type ModelParts } from '../lib/contract/production';
import type { Champion } from '../lib/contract/run';
import { findConfig, findModel } from './endpoint';

/** The clients that a look at the parts of a model needs. */
export interface PartsClients {
  readonly s3: S3Client;
  readonly ecr: ECRClient;
  readonly sagemaker: SageMakerClient;
}

/** Looks up artifact and image, without which a model cannot be deployed, and SageMaker's model and configuration. */
export async function partsOf(
  { s3, ecr, sagemaker }: PartsClients,
  { modelDataUrl, inferenceImage, modelName, endpointConfigName }: Champion,
): Promise<ModelParts> {
  const [artifact, image, model, config] = await Promise.all([
    hasObject(s3, modelDataUrl),
    hasImage(ecr, inferenceImage),
    findModel(sagemaker, modelName),
    findConfig(sagemaker, endpointConfigName),
  ]);
  const { Image, ModelDataUrl } = model?.PrimaryContainer ?? {};
  return {
    ...{ artifact, image },
    model: model ? { image: Image, modelDataUrl: ModelDataUrl } : null,
    config: config ? { models: (config.ProductionVariants ?? []).map(({ ModelName }) => ModelName!) } : null,
  };
}

/** Returns the parts of a model that are gone. */
export async function missingOf(
  clients: PartsClients,
  record: Champion,
  hasEndpoint: boolean,
): Promise<MissingPart[]> {
  return missingParts(record, await partsOf(clients, record), hasEndpoint);
}

/** Returns what a table shows of them: `artifact, image`. */
export function missingText(missing: readonly MissingPart[]): string {
  return missing.map(({ part, replaced }) => (replaced ? `${part} (another)` : part)).join(', ');
}

async function hasObject(s3: S3Client, uri: string): Promise<boolean> {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  try {
    await s3.send(new HeadObjectCommand({ Bucket, Key }));
    return true;
  } catch (error) {
    if ((error as Error).name === 'NotFound') return false;
    throw error;
  }
}

/** Returns undefined for an image of a registry that the caller may not read. */
async function hasImage(ecr: ECRClient, image: string): Promise<boolean | undefined> {
  const [, registryId, repositoryName, imageDigest] = /^(\d+)\.[^/]+\/([^@]+)@(sha256:.+)$/.exec(image) ?? [];
  if (!registryId) return undefined;
  try {
    const command = new BatchGetImageCommand({ registryId, repositoryName, imageIds: [{ imageDigest }] });
    return ((await ecr.send(command)).images ?? []).length > 0;
  } catch (error) {
    if ((error as Error).name === 'RepositoryNotFoundException') return false;
    if ((error as Error).name === 'AccessDeniedException') return undefined;
    throw error;
  }
}
