import { CloudWatchLogsClient, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  S3Client,
  type ListObjectVersionsOutput,
  type ObjectIdentifier,
} from '@aws-sdk/client-s3';
import {
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DeleteModelPackageCommand,
  ListTagsCommand,
  paginateListEndpointConfigs,
  paginateListModelPackageGroups,
  paginateListModelPackages,
  paginateListModels,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { resourcePrefix, type PipelineConfig } from '../lib/config';
import { endpointNameOf } from '../lib/contract/names';
import { findEndpoint } from './endpoint';
import { isLocal, type Variables } from './environment';
import { OperatorError } from './errors';
import { until } from './until';

/** What CloudFormation does not delete: it keeps buckets and groups with contents, and runs create outside of stacks. */
export interface Contents {
  readonly endpoint: string | undefined;
  readonly configurations: readonly string[];
  readonly models: readonly string[];
  /** ARNs. */
  readonly modelPackages: readonly string[];
  /** Versions and delete markers by bucket. */
  readonly objects: Readonly<Record<string, number>>;
}

const DELETION = { everyMs: 2_000, limitMs: 30 * 60_000 };

/** Returns the log group that SageMaker creates for the endpoint. */
export function endpointLog(prefix: string): string {
  return `/aws/sagemaker/Endpoints/${endpointNameOf(prefix)}`;
}

/** Deletes an endpoint, and waits until it is gone. */
export async function deleteEndpoint(sagemaker: SageMakerClient, EndpointName: string): Promise<void> {
  await sagemaker.send(new DeleteEndpointCommand({ EndpointName }));
  await until(
    `endpoint ${EndpointName} is deleted`,
    async () => !(await findEndpoint(sagemaker, EndpointName)),
    DELETION,
  );
}

/** The contents of one pipeline, in an account that has others. */
export class PipelineContents {
  private readonly sagemaker = new SageMakerClient();
  private readonly logs = new CloudWatchLogsClient();
  private readonly s3: S3Client;
  private readonly prefix: string;

  /** @param buckets that the stack Storage created */
  constructor(
    private readonly config: PipelineConfig,
    private readonly buckets: readonly string[],
    variables: Variables,
  ) {
    this.s3 = new S3Client({ forcePathStyle: isLocal(variables) });
    this.prefix = resourcePrefix(config);
  }

  async find(): Promise<Contents> {
    const name = endpointNameOf(this.prefix);
    const objects: Record<string, number> = {};
    for (const bucket of this.buckets) {
      objects[bucket] = 0;
      for await (const page of this.versions(bucket)) objects[bucket] += page.length;
    }
    return {
      endpoint: (await findEndpoint(this.sagemaker, name)) && name,
      configurations: await this.configurations(),
      models: await this.models(),
      modelPackages: await this.packages(),
      objects,
    };
  }

  /** Deletes the contents; an interrupted deletion can be repeated. */
  async delete({ endpoint, configurations, models, modelPackages }: Contents): Promise<void> {
    const { sagemaker } = this;
    if (endpoint !== undefined) await deleteEndpoint(sagemaker, endpoint);
    for (const EndpointConfigName of configurations)
      await sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName }));
    for (const ModelName of models) await sagemaker.send(new DeleteModelCommand({ ModelName }));
    for (const ModelPackageName of modelPackages)
      await sagemaker.send(new DeleteModelPackageCommand({ ModelPackageName }));
    await this.deleteLog(endpointLog(this.prefix));
    for (const bucket of this.buckets)
      for await (const page of this.versions(bucket)) await this.deleteObjects(bucket, page);
  }

  private async configurations(): Promise<string[]> {
    const found: string[] = [];
    const query = { NameContains: this.prefix };
    for await (const { EndpointConfigs = [] } of paginateListEndpointConfigs(
      { client: this.sagemaker },
      query,
    ))
      for (const { EndpointConfigName: name, EndpointConfigArn: arn } of EndpointConfigs)
        if (await this.owns(name!, arn!)) found.push(name!);
    return found;
  }

  private async models(): Promise<string[]> {
    const found: string[] = [];
    const query = { NameContains: this.prefix };
    for await (const { Models = [] } of paginateListModels({ client: this.sagemaker }, query))
      for (const { ModelName: name, ModelArn: arn } of Models)
        if (await this.owns(name!, arn!)) found.push(name!);
    return found;
  }

  /** Returns true if the registry exists; what its absence makes of other calls is not documented. */
  async hasRegistry(): Promise<boolean> {
    const query = { NameContains: this.prefix };
    const pages = paginateListModelPackageGroups({ client: this.sagemaker }, query);
    for await (const { ModelPackageGroupSummaryList = [] } of pages)
      if (ModelPackageGroupSummaryList.some(({ ModelPackageGroupName: name }) => name === this.prefix))
        return true;
    return false;
  }

  private async packages(): Promise<string[]> {
    const found: string[] = [];
    if (!(await this.hasRegistry())) return found;
    const query = { ModelPackageGroupName: this.prefix };
    for await (const { ModelPackageSummaryList = [] } of paginateListModelPackages(
      { client: this.sagemaker },
      query,
    ))
      found.push(...ModelPackageSummaryList.map(({ ModelPackageArn }) => ModelPackageArn!));
    return found;
  }

  /** Names of another pipeline may begin with this one's prefix; tags tell them apart. */
  private async owns(name: string, ResourceArn: string): Promise<boolean> {
    if (!name.startsWith(`${this.prefix}-`)) return false;
    const { Tags = [] } = await this.sagemaker.send(new ListTagsCommand({ ResourceArn }));
    const tags = new Map(Tags.map(({ Key, Value }) => [Key, Value]));
    const { name: app, model, environment } = this.config;
    return tags.get('app') === app && tags.get('model') === model && tags.get('environment') === environment;
  }

  private async *versions(Bucket: string): AsyncGenerator<ObjectIdentifier[]> {
    let markers: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
    while (markers) {
      const page: ListObjectVersionsOutput = await this.s3.send(
        new ListObjectVersionsCommand({ Bucket, ...markers }),
      );
      const { Versions = [], DeleteMarkers = [] } = page;
      const found = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
      if (found.length > 0) yield found;
      markers = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
        : undefined;
    }
  }

  private async deleteObjects(Bucket: string, Objects: ObjectIdentifier[]): Promise<void> {
    const { Errors = [] } = await this.s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    );
    const [first] = Errors;
    if (!first) return;
    throw new OperatorError(
      `object "${first.Key}" of bucket "${Bucket}" cannot be deleted: ${first.Message}; correct the permission, and repeat the command.`,
    );
  }

  /** Of the endpoint's own log; those of jobs are the account's, with all pipelines. */
  private async deleteLog(logGroupName: string): Promise<void> {
    try {
      await this.logs.send(new DeleteLogGroupCommand({ logGroupName }));
    } catch (error) {
      if ((error as Error).name !== 'ResourceNotFoundException') throw error;
    }
  }
}
