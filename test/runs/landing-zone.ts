import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CfnManagedPolicy } from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalCloud } from 'local-cloud';
import { context } from '../../cdk.json';
import type { PipelineConfig } from '../../lib/config';
import type { ExistingNetwork } from '../../lib/config/account';

export const BUCKET = 'team-training-data';

/** Settings of the landing zone that a test changes. */
export interface LandingZone {
  /** The bucket keeps versions. */
  readonly versioned: boolean;
  /** Actions that the boundary does not allow. */
  readonly without?: readonly string[];
}

/** The fields of a configuration that name what an account has. */
export interface AccountFields {
  readonly network: PipelineConfig['network'];
  readonly permissionsBoundary: string;
  readonly keyArn: string;
}

const ZONES = [0, 1] as const;

/**
 * Deploys what the owner of an account has made before the pipeline comes: a VPC without endpoints, a permissions
 * boundary, a bucket with its key.
 */
export async function deployLandingZone(cloud: LocalCloud, settings: LandingZone): Promise<AccountFields> {
  const outdir = mkdtempSync(join(tmpdir(), 'landing-zone-'));
  try {
    const app = new App({ outdir, context });
    synthesise(new Stack(app, 'LandingZone'), settings);
    app.synth();
    const outputs = await cloud.deploy(outdir);
    const output = (name: string) => outputs[name]!;
    const network: ExistingNetwork = {
      vpcId: output('VpcId'),
      subnets: ZONES.map((zone) => ({
        subnetId: output(`Subnet${zone}`),
        zone: output(`Zone${zone}`),
        routeTableId: output(`RouteTable${zone}`),
      })),
      interfaceEndpoints: 'create',
    };
    return { network, permissionsBoundary: output('BoundaryArn'), keyArn: output('Key') };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

function synthesise(stack: Stack, { versioned, without = [] }: LandingZone): void {
  const output = (name: string, value: string) => new CfnOutput(stack, name, { value });
  const vpc = new ec2.Vpc(stack, 'Vpc', {
    maxAzs: ZONES.length,
    subnetConfiguration: [{ name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
    restrictDefaultSecurityGroup: false,
  });
  output('VpcId', vpc.vpcId);
  for (const [index, subnet] of vpc.isolatedSubnets.entries()) {
    output(`Subnet${index}`, subnet.subnetId);
    output(`Zone${index}`, subnet.availabilityZone);
    output(`RouteTable${index}`, subnet.routeTable.routeTableId);
  }

  const policy = JSON.parse(readFileSync('docs/permissions-boundary.json', 'utf8')) as {
    Statement: { Action: string[] }[];
  };
  const allowed = policy.Statement.map((statement) => ({
    ...statement,
    Action: statement.Action.filter((action) => !without.includes(action)),
  }));
  const boundary = new CfnManagedPolicy(stack, 'Boundary', {
    path: '/team/',
    policyDocument: { ...policy, Statement: allowed },
  });
  output('BoundaryArn', boundary.ref);

  const key = new kms.Key(stack, 'DataKey');
  output('Key', key.keyArn);
  const bucket = new s3.Bucket(stack, 'Data', {
    bucketName: BUCKET,
    encryption: s3.BucketEncryption.KMS,
    encryptionKey: key,
  });
  (bucket.node.defaultChild as s3.CfnBucket).versioningConfiguration = {
    status: versioned ? 'Enabled' : 'Suspended',
  };
}
