import type { PipelineConfig } from '../../../lib/config';
import type { ExistingNetwork } from '../../../lib/config/account';

/** Rules of an account for all of its resources. */
export const RULES = {
  permissionsBoundary: 'team/Boundary',
  rolePath: '/ml/',
  tags: { team: 'fraud', 'cost-center': '42' },
} as const;

export const BUCKET = 'team-training-data';
export const KEY = 'arn:aws:kms:eu-west-1:210987654321:key/12345678-1234-1234-1234-123456789012';

/** A pipeline in an account with rules. */
export function inAccount(config: PipelineConfig): PipelineConfig {
  return { ...config, ...RULES };
}

const subnet = (zone: string, digit: string) => ({
  subnetId: `subnet-${digit.repeat(17)}`,
  zone: `eu-west-1${zone}`,
});

/** A VPC of the account, with a way to every service. */
export const VPC: ExistingNetwork = {
  vpcId: 'vpc-0123456789abcdef0',
  subnets: [subnet('a', 'a'), subnet('b', 'b'), subnet('c', 'c')],
  interfaceEndpoints: 'existing',
};

/** One without endpoints: the stack creates them all. */
export const BARE_VPC: ExistingNetwork = {
  ...VPC,
  subnets: VPC.subnets.map((each, index) => ({
    ...each,
    // Two subnets share a route table.
    routeTableId: `rtb-${(index < 2 ? '1' : '2').repeat(17)}`,
  })),
  interfaceEndpoints: 'create',
};

export const GROUPS = ['sg-0123456789abcdef0', 'sg-0123456789abcdef1'];

/** A pipeline whose training data is in a bucket of another account. @param keyArn null: a key of S3's */
export function withBucket(config: PipelineConfig, keyArn: string | null = KEY): PipelineConfig {
  const bucket = { name: BUCKET, ...(keyArn !== null && { keyArn }) };
  return { ...config, data: { ...config.data, bucket } };
}
