import * as z from 'zod';
import { OWN_TAGS } from '../contract/tags';
import type { PipelineConfig } from './schema';

/** Fields with which a pipeline fits the rules of an existing account; docs/existing-account.md says when to set them. */

/** Customer managed policy, or AWS managed policy, that limits every role: a name with its path, or an ARN. */
export const permissionsBoundary = z
  .string()
  .regex(
    /^(arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/)?([\w+=,.@-]+\/)*[\w+=,.@-]{1,128}$/,
    'the name or the ARN of a managed policy, such as PipelineBoundary or arn:aws:iam::123456789012:policy/PipelineBoundary',
  )
  .max(512);

/** Step Functions accepts 256 characters of a role's ARN, of which the name may take 64. */
const MAX_PATH = 128;

/** Path of every role. */
export const rolePath = z
  .string()
  .regex(/^\/([\w+=,.@-]+\/)*$/, 'a path that begins and ends with a slash, such as /ml/')
  .max(MAX_PATH);

/** AWS allows 50 tags of a resource. Ours and the tag Name of a network's parts are among them. */
const MAX_TAGS = 50 - OWN_TAGS.length - 1;

const tagKey = z
  .string()
  .regex(
    /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,127}$/iu,
    '1 to 127 letters, digits, blanks or _.:/=+-@ (CodeBuild allows no more) that do not begin with aws:',
  )
  .refine((key) => !OWN_TAGS.some((own) => own === key.toLowerCase()), {
    error: `none of ${OWN_TAGS.join(', ')}, in any case: the pipeline sets these itself`,
  });

const tagValue = z
  .string()
  .regex(
    /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,255}$/u,
    '1 to 255 letters, digits, blanks or _.:/=+-@, which all services accept',
  );

/** Tags on every resource, of templates and of runs. */
export const tags = z.record(tagKey, tagValue).refine((all) => Object.keys(all).length <= MAX_TAGS, {
  error: `at most ${MAX_TAGS} tags: AWS allows 50 of a resource, and the pipeline has its own`,
});

const zone = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d(-[a-z]+-\d)?[a-z]$/, 'an availability zone such as eu-west-1a');
const id = (prefix: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`), `an id such as ${prefix}-0123456789abcdef0`);

/** SageMaker's and Lambda's limits of subnets and of security groups. */
const MAX_SUBNETS = 16;
const MAX_GROUPS = 5;

/** A VPC that exists already, of which the stacks change nothing but what these fields say. */
export const existingNetwork = z.strictObject({
  vpcId: id('vpc'),
  /** Subnets of jobs, models and functions, 1 to 16, in at least two zones. */
  subnets: z
    .array(
      z.strictObject({
        subnetId: id('subnet'),
        zone,
        /**
         * Route table of the subnet, to which the stack adds a gateway endpoint of S3. Left out of all subnets: the VPC
         * has a way to S3.
         */
        routeTableId: z.optional(id('rtb')),
      }),
    )
    .min(1)
    .max(MAX_SUBNETS),
  /** `existing`: the VPC has a way to each service that is called. `create`: the stack creates interface endpoints. */
  interfaceEndpoints: z.enum(['existing', 'create']),
  /** Security groups of jobs, models and functions, 1 to 5. Left out: the stack creates one for each. */
  securityGroupIds: z.optional(z.array(id('sg')).min(1).max(MAX_GROUPS)),
});

const BUCKET_NAME =
  /^(?!xn--|sthree-|amzn-s3-demo-|\d+(\.\d+){3}$)(?!.*(\.\.|-s3alias$|--ol-s3$|--x-s3$|\.mrap$))[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** A bucket of the team that exists already, of this account or another one. */
export const existingBucket = z.strictObject({
  /** Name of the bucket: 3 to 63 lower-case letters, digits, dots and hyphens. */
  name: z
    .string()
    .regex(BUCKET_NAME, 'the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens'),
  /** KMS key of its objects. Left out: they are encrypted with a key of S3's. */
  keyArn: z.optional(
    z
      .string()
      .regex(
        /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/(mrk-)?[0-9a-f-]+$/,
        'the ARN of a KMS key, such as arn:aws:kms:eu-west-1:123456789012:key/…; an alias does not work in a policy',
      ),
  ),
});

export type ExistingNetwork = Extract<PipelineConfig['network'], { vpcId: string }>;
export type OwnNetwork = Extract<PipelineConfig['network'], { cidr: string }>;

/** Returns the configured VPC; undefined without a network, or with one that the stack creates. */
export function existingNetworkOf({ network }: Pick<PipelineConfig, 'network'>): ExistingNetwork | undefined {
  return network && 'vpcId' in network ? network : undefined;
}

/** A function receives the tags as a variable; all variables of one function may take 4,096 bytes together. */
const MAX_TAG_BYTES = 2_048;

/** Returns the faults between these fields and others. */
export function accountFaults(config: PipelineConfig): string[] {
  const network = existingNetworkOf(config);
  return [
    ...boundaryFaults(config),
    ...tagFaults(config),
    ...(network ? subnetFaults(network, config.region) : []),
    ...keyFaults(config),
    ...domainFaults(config),
  ];
}

function boundaryFaults({ permissionsBoundary: policy, account }: PipelineConfig): string[] {
  const owner = /^arn:[^:]*:iam::([^:]*):/.exec(policy ?? '')?.[1];
  if (owner === undefined || owner === 'aws' || account === undefined || owner === account) return [];
  return [
    `permissionsBoundary is "${policy}"; must be a policy of the account ${account} or of AWS: IAM accepts no other account's`,
  ];
}

function tagFaults({ tags: all, endpoint }: PipelineConfig): string[] {
  const keys = Object.keys(all);
  const count = keys.length;
  const repeated = keys.find((key, index) =>
    keys.slice(0, index).some((other) => other.toLowerCase() === key.toLowerCase()),
  );
  const bytes = Buffer.byteLength(
    JSON.stringify(Object.entries(all).map(([Key, Value]) => ({ Key, Value }))),
  );
  return [
    ...(repeated !== undefined
      ? [`tags names "${repeated}" twice in different cases; IAM allows each key once, whatever its case`]
      : []),
    // A place's tags and a model's are each few enough.
    ...(count > MAX_TAGS
      ? [`tags has ${count} tags of the place and the model; must be at most ${MAX_TAGS} together`]
      : []),
    ...(endpoint.workingHours && bytes > MAX_TAG_BYTES
      ? [
          `tags takes ${bytes} bytes as JSON with endpoint.workingHours; must be at most ${MAX_TAG_BYTES}, which a ` +
            'variable of the function that starts the endpoint can hold: use fewer or shorter tags',
        ]
      : []),
  ];
}

function subnetFaults({ subnets }: ExistingNetwork, region: string | undefined): string[] {
  const zones = [...new Set(subnets.map((subnet) => subnet.zone))];
  const ids = subnets.map(({ subnetId }) => subnetId);
  const repeated = ids.find((subnetId, index) => ids.indexOf(subnetId) !== index);
  const withTable = subnets.filter(({ routeTableId }) => routeTableId !== undefined).length;
  return [
    ...(repeated !== undefined ? [`network.subnets names "${repeated}" twice; name each subnet once`] : []),
    ...(zones.length < 2
      ? [
          `network.subnets are all in ${zones[0]}; must be in at least two zones: losing the zone would stop the pipeline`,
        ]
      : []),
    ...subnets.flatMap(({ zone: of }, index) =>
      region !== undefined && !of.startsWith(region)
        ? [`network.subnets.${index}.zone is "${of}"; must be a zone of the region ${region}`]
        : [],
    ),
    ...(withTable > 0 && withTable < subnets.length
      ? [
          'network.subnets have a routeTableId in ' +
            `${withTable} of ${subnets.length}; must be in all, or in none: a subnet without a route to S3 could run nothing`,
        ]
      : []),
  ];
}

/** A Regional API takes a certificate of its own region. */
function domainFaults({ api, region }: PipelineConfig): string[] {
  const arn = api.domain?.certificateArn;
  if (arn === undefined || region === undefined || arn.split(':')[3] === region) return [];
  return [
    `api.domain.certificateArn is "${arn}"; must be a certificate of the region ${region}, where the API is`,
  ];
}

function keyFaults({ data, region }: PipelineConfig): string[] {
  const keyArn = data.bucket?.keyArn;
  if (keyArn === undefined || region === undefined || keyArn.split(':')[3] === region) return [];
  return [
    `data.bucket.keyArn is "${keyArn}"; must be a key of the region ${region}, where the bucket must be too: SageMaker reads ` +
      'training data of its own region only',
  ];
}
