import {
  ApplicationAutoScalingClient,
  paginateDescribeScalableTargets,
} from '@aws-sdk/client-application-auto-scaling';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { resourcePrefix, type PipelineConfig } from '../../lib/config';
import { endpointNameOf } from '../../lib/contract/names';
import { endpointLog, PipelineContents } from '../empty';
import { isLocal, type Variables } from '../environment';
import { findStack } from '../stack';
import { KINDS, type Kind, type Leftover } from './removal';
import { stackHistory, type StackResource } from './stacks';

/** What other pipelines of the account use too. */
export interface Shared {
  readonly name: string;
  readonly use: string;
}

export interface Remains {
  /** Stacks of the pipeline that exist; what they own goes with them. */
  readonly stacks: readonly string[];
  /** In the order in which it can be removed. */
  readonly left: readonly Leftover[];
  readonly shared: readonly Shared[];
}

const JOB_LOGS = ['ProcessingJobs', 'TrainingJobs', 'TransformJobs'].map((kind) => `/aws/sagemaker/${kind}`);
const BOOTSTRAP = 'CDKToolkit';

/** Finds what a pipeline has in the account outside of its stacks. All calls are read-only. */
export class Leftovers {
  private readonly scaling = new ApplicationAutoScalingClient();
  private readonly cloudwatch = new CloudWatchClient();
  private readonly logs = new CloudWatchLogsClient();
  private readonly cloudFormation = new CloudFormationClient();
  private readonly ecr = new ECRClient();
  private readonly kms = new KMSClient();
  private readonly sns = new SNSClient();
  private readonly s3: S3Client;
  private readonly contents: PipelineContents;
  private readonly prefix: string;
  private readonly endpoint: string;

  constructor(config: PipelineConfig, variables: Variables) {
    this.s3 = new S3Client({ forcePathStyle: isLocal(variables) });
    this.contents = new PipelineContents(config, [], variables);
    this.prefix = resourcePrefix(config);
    this.endpoint = endpointNameOf(this.prefix);
  }

  async find(): Promise<Remains> {
    const { stacks, retained, restApis, owned } = await stackHistory(this.prefix, this.cloudFormation);
    const { endpoint, configurations, models, modelPackages } = await this.contents.find();
    const registryIsLeft = !stacks.includes(`${this.prefix}-Storage`) && (await this.contents.hasRegistry());
    const gatewayLogs = restApis.map((id) => `API-Gateway-Execution-Logs_${id}/`);
    const kept = await this.existing(retained);
    const known = new Set([...owned, ...kept.map(({ name }) => name)]);
    const logGroups = await this.logGroups([endpointLog(this.prefix), ...gatewayLogs]);
    const left = [
      ...named('scalable target', await this.scalableTargets()),
      ...named('alarm', await this.wakeUpAlarms()),
      ...named('endpoint', endpoint === undefined ? [] : [endpoint]),
      ...named('endpoint configuration', configurations),
      ...named('model', models),
      ...named('model version', modelPackages),
      ...named('registry', registryIsLeft ? [this.prefix] : []),
      ...kept,
      // The stack Inference makes the API's execution log, from version 2.0 on.
      ...named(
        'log group',
        logGroups.filter((name) => !known.has(name)),
      ),
    ];
    return { stacks, left: left.sort(byKind), shared: await this.shared(retained) };
  }

  private async scalableTargets(): Promise<string[]> {
    const found: string[] = [];
    const pages = paginateDescribeScalableTargets(
      { client: this.scaling },
      { ServiceNamespace: 'sagemaker' },
    );
    for await (const { ScalableTargets = [] } of pages)
      found.push(...ScalableTargets.map((each) => each.ResourceId!));
    return found.filter((id) => id.startsWith(`endpoint/${this.endpoint}/`));
  }

  /** The alarms that the function `scale` creates; Application Auto Scaling deletes its own with the target. */
  private async wakeUpAlarms(): Promise<string[]> {
    const found: string[] = [];
    const query = { AlarmNamePrefix: `${this.prefix}-` };
    for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client: this.cloudwatch }, query))
      for (const { AlarmName = '', Dimensions = [] } of MetricAlarms)
        if (AlarmName.endsWith('-wake-up') && Dimensions.some(({ Value }) => Value === this.endpoint))
          found.push(AlarmName);
    return found;
  }

  /** @param prefixes of names; SageMaker's have no further one that begins with them */
  private async logGroups(prefixes: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const logGroupNamePrefix of prefixes)
      for await (const { logGroups = [] } of paginateDescribeLogGroups(
        { client: this.logs },
        { logGroupNamePrefix },
      ))
        found.push(...logGroups.map(({ logGroupName }) => logGroupName!));
    return found.filter((name) => prefixes.some((each) => name === each || each.endsWith('/')));
  }

  /** Returns those of the retained resources that were not deleted since. */
  private async existing(retained: readonly StackResource[]): Promise<Leftover[]> {
    const found: Leftover[] = [];
    for (const { type, physicalId } of retained) {
      const check = this.checks[type];
      if (check && (await exists(() => check.exists(physicalId))))
        found.push({ kind: check.kind, name: physicalId });
    }
    return found;
  }

  /** By type; the registry is found by its name. */
  private readonly checks: Readonly<Record<string, { kind: Kind; exists(id: string): Promise<unknown> }>> = {
    'AWS::S3::Bucket': {
      kind: 'bucket',
      exists: (Bucket) => this.s3.send(new HeadBucketCommand({ Bucket })),
    },
    'AWS::ECR::Repository': {
      kind: 'repository',
      exists: (name) => this.ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [name] })),
    },
    'AWS::SNS::Topic': {
      kind: 'topic',
      exists: (TopicArn) => this.sns.send(new GetTopicAttributesCommand({ TopicArn })),
    },
    'AWS::Logs::LogGroup': {
      kind: 'log group',
      exists: async (name) => (await this.logGroups([name])).length > 0,
    },
    // One that waits for its deletion costs nothing.
    'AWS::KMS::Key': {
      kind: 'key',
      exists: async (KeyId) =>
        (await this.kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState !== 'PendingDeletion',
    },
  };

  private async shared(retained: readonly StackResource[]): Promise<Shared[]> {
    const roles = retained.filter(({ type }) => type === 'AWS::IAM::Role');
    const bootstrapped = (await findStack(this.cloudFormation, BOOTSTRAP)) !== undefined;
    return [
      ...(await this.logGroups(JOB_LOGS)).map((name) => ({ name, use: 'logs of the jobs of all pipelines' })),
      ...roles.map(({ physicalId: name }) => ({
        name,
        use: 'role under which API Gateway logs, for all APIs',
      })),
      ...(bootstrapped ? [{ name: BOOTSTRAP, use: 'stack with the assets of all CDK apps' }] : []),
    ];
  }
}

const named = (kind: Kind, names: readonly string[]): Leftover[] => names.map((name) => ({ kind, name }));

/** The bucket of access logs is the last one: the deletions of the others are logged there. */
function byKind(a: Leftover, b: Leftover): number {
  const log = ({ kind, name }: Leftover) => Number(kind === 'bucket' && name.includes('accesslogs'));
  return KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || log(a) - log(b) || (a.name < b.name ? -1 : 1);
}

/** Answers of AWS for what does not exist. */
const ABSENT = [
  ...['NotFound', 'NoSuchBucket', 'RepositoryNotFoundException', 'NotFoundException'],
  'ResourceNotFoundException',
];

async function exists(look: () => Promise<unknown>): Promise<boolean> {
  try {
    return (await look()) !== false;
  } catch (error) {
    if (ABSENT.includes((error as Error).name)) return false;
    throw error;
  }
}
