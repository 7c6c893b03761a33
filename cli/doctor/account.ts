import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { BatchGetImageCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  GetBucketNotificationConfigurationCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { DescribeEndpointCommand, ListTagsCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { paginateListServiceQuotas, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { paginateListSubscriptionsByTopic, SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, paginateGetParametersByPath, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { PrebuiltReference } from '../../lib/contract/environment';
import { layout } from '../../lib/contract/layout';
import type { EndpointNow } from '../../lib/contract/production';
import type { Challenger, Champion } from '../../lib/contract/run';
import { readJson } from '../artifacts';
import { findEndpoint } from '../endpoint';
import { explain, isAbsent } from '../errors';
import { missingOf } from '../production';
import { findStack } from '../stack';
import type { BucketFacts, FoundChampion, Subscription } from './checks';

const BOOTSTRAP_PARAMETER = '/cdk-bootstrap/hnb659fds/version';
const REGISTRY = 'https://public.ecr.aws';
const REGISTRY_TIMEOUT_MS = 10_000;
/** Media types of an image, and of a list of images, in a registry. */
const MANIFEST_TYPES = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
];

/** The AWS account that `mlops doctor` checks. All calls are read-only. */
export class Account {
  private readonly s3 = new S3Client({ followRegionRedirects: true });
  private readonly sts = new STSClient();
  private readonly ssm = new SSMClient();
  private readonly sns = new SNSClient();
  private readonly sagemaker = new SageMakerClient();
  private readonly quotas = new ServiceQuotasClient();
  private readonly ecr = new ECRClient();
  private readonly cloudFormation = new CloudFormationClient();

  region(): Promise<string> {
    return this.sts.config.region();
  }

  /** Returns why an image cannot be pulled; undefined if it can. */
  async imageFault({ registryId, repositoryName, id }: PrebuiltReference): Promise<string | undefined> {
    try {
      const command = new BatchGetImageCommand({ registryId, repositoryName, imageIds: [id] });
      const { images = [] } = await this.ecr.send(command);
      return images.length > 0 ? undefined : 'the repository has no such image';
    } catch (error) {
      return explain(error);
    }
  }

  async id(): Promise<string> {
    return (await this.sts.send(new GetCallerIdentityCommand())).Account!;
  }

  async bootstrapVersion(): Promise<string | undefined> {
    try {
      const { Parameter } = await this.ssm.send(new GetParameterCommand({ Name: BOOTSTRAP_PARAMETER }));
      return Parameter?.Value;
    } catch (error) {
      if ((error as Error).name === 'ParameterNotFound') return undefined;
      throw error;
    }
  }

  /** Returns the quotas' values by name. */
  async sageMakerQuotas(): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>();
    const pages = paginateListServiceQuotas(
      { client: this.quotas, pageSize: 100 },
      { ServiceCode: 'sagemaker' },
    );
    for await (const { Quotas = [] } of pages) {
      for (const { QuotaName, Value } of Quotas) found.set(QuotaName!, Value!);
    }
    return found;
  }

  async parameters(path: string): Promise<number> {
    let found = 0;
    const pages = paginateGetParametersByPath({ client: this.ssm }, { Path: path, Recursive: true });
    for await (const { Parameters = [] } of pages) found += Parameters.length;
    return found;
  }

  /** Returns an output of a stack; undefined if the stack does not exist. */
  async output(StackName: string, name: string): Promise<string | undefined> {
    const stack = await findStack(this.cloudFormation, StackName);
    return stack?.Outputs?.find(({ OutputKey }) => OutputKey === name)?.OutputValue;
  }

  async subscriptions(TopicArn: string): Promise<Subscription[]> {
    const found: Subscription[] = [];
    for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic(
      { client: this.sns },
      { TopicArn },
    )) {
      // Before the confirmation, SubscriptionArn is "PendingConfirmation".
      for (const { Endpoint, SubscriptionArn } of Subscriptions)
        found.push({ endpoint: Endpoint!, confirmed: SubscriptionArn!.startsWith('arn:') });
    }
    return found;
  }

  /** Returns the facts of a bucket that a run relies on; undefined if it does not exist. */
  async bucket(Bucket: string): Promise<BucketFacts | undefined> {
    try {
      const { BucketRegion } = await this.s3.send(new HeadBucketCommand({ Bucket }));
      const [{ Status }, { EventBridgeConfiguration }] = await Promise.all([
        this.s3.send(new GetBucketVersioningCommand({ Bucket })),
        this.s3.send(new GetBucketNotificationConfigurationCommand({ Bucket })),
      ]);
      return {
        region: BucketRegion,
        versioning: Status,
        sendsEvents: EventBridgeConfiguration !== undefined,
      };
    } catch (error) {
      if ((error as Error).name === 'NotFound') return undefined;
      throw error;
    }
  }

  /** Returns the recorded champion, with what is gone of it; null without one. */
  async champion(bucket: string, hasEndpoint: boolean): Promise<FoundChampion | null> {
    const { s3, ecr, sagemaker } = this;
    const champion = await readJson<Champion>(s3, bucket, layout.champion);
    if (!champion) return null;
    const challenger = await readJson<Challenger>(s3, bucket, layout.challenger);
    return { champion, challenger, missing: await missingOf({ s3, ecr, sagemaker }, champion, hasEndpoint) };
  }

  /** Returns the endpoint; undefined if it does not exist. */
  async endpoint(name: string): Promise<EndpointNow | undefined> {
    const found = await findEndpoint(this.sagemaker, name);
    return found && { status: found.EndpointStatus!, config: found.EndpointConfigName ?? null };
  }

  /** Returns the endpoint's tags; undefined if it does not exist. */
  async endpointTags(EndpointName: string): Promise<Record<string, string> | undefined> {
    try {
      const { EndpointArn } = await this.sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
      const { Tags = [] } = await this.sagemaker.send(new ListTagsCommand({ ResourceArn: EndpointArn }));
      return Object.fromEntries(Tags.map(({ Key, Value }) => [Key!, Value!]));
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }
}

/**
 * Requests an image's manifest from AWS's public registry, as Docker does, with an anonymous token.
 *
 * @param image `public.ecr.aws/<repository>:<tag>`
 * @returns HTTP status; undefined without an answer
 */
export async function imageStatus(image: string, request: typeof fetch = fetch): Promise<number | undefined> {
  const [, repository, tag] = /^public\.ecr\.aws\/([^:]+):([^:]+)$/.exec(image) ?? [];
  if (repository === undefined)
    throw new Error(`"${image}" is not of the form public.ecr.aws/<repository>:<tag>`);
  const signal = AbortSignal.timeout(REGISTRY_TIMEOUT_MS);
  try {
    const answer = await request(
      `${REGISTRY}/token/?service=public.ecr.aws&scope=repository:${repository}:pull`,
      {
        signal,
      },
    );
    if (!answer.ok) return answer.status;
    const { token } = (await answer.json()) as { token: string };
    const headers = { authorization: `Bearer ${token}`, accept: MANIFEST_TYPES.join(', ') };
    const manifest = `${REGISTRY}/v2/${repository}/manifests/${tag}`;
    return (await request(manifest, { method: 'HEAD', headers, signal })).status;
  } catch {
    return undefined;
  }
}
