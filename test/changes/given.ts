import { App, CfnOutput, Fn, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CfnManagedPolicy } from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { LocalCloud } from 'local-cloud';
import { join } from 'node:path';
import { context } from '../../cdk.json';
import type { ExistingNetwork } from '../../lib/config/account';
import type { Given } from './change';

const NUMBERS = [0, 1] as const;
const ZONES = [0, 1, 2] as const;

/** Deploys what the owners of an account have made: networks, groups, policies and buckets, two of each. */
export async function deployGiven(cloud: LocalCloud, folder: string): Promise<Given> {
  const outdir = join(folder, 'given');
  const app = new App({ outdir, context });
  const stack = new Stack(app, 'Given');
  for (const number of NUMBERS) addParts(stack, number);
  app.synth();
  const outputs = await cloud.deploy(outdir);
  const both = <T>(of: (output: (name: string) => string) => T): readonly [T, T] => {
    const [first, second] = NUMBERS.map((number) => of((name) => outputs[`${name}${number}`]!));
    return [first!, second!];
  };
  return {
    vpcs: both(
      (output): ExistingNetwork => ({
        vpcId: output('Vpc'),
        subnets: ZONES.map((zone) => ({
          subnetId: output(`Subnet${zone}of`),
          zone: output(`Zone${zone}of`),
          routeTableId: output(`Table${zone}of`),
        })),
        interfaceEndpoints: 'create',
      }),
    ),
    securityGroupIds: both((output) => output('Group')),
    permissionsBoundaries: both((output) => output('Boundary')),
    buckets: both((output) => ({ name: output('Bucket'), keyArn: output('Key') })),
  };
}

function addParts(stack: Stack, number: number): void {
  const output = (name: string, value: string) => new CfnOutput(stack, `${name}${number}`, { value });
  const vpc = new ec2.CfnVPC(stack, `TheVpc${number}`, { cidrBlock: `10.9${number}.0.0/16` });
  output('Vpc', vpc.ref);
  for (const zone of ZONES) {
    const availabilityZone = Fn.select(zone, Fn.getAzs());
    const cidrBlock = `10.9${number}.${zone}.0/24`;
    const subnet = new ec2.CfnSubnet(stack, `TheSubnet${zone}of${number}`, {
      ...{ vpcId: vpc.ref, cidrBlock, availabilityZone },
    });
    const table = new ec2.CfnRouteTable(stack, `TheTable${zone}of${number}`, { vpcId: vpc.ref });
    output(`Subnet${zone}of`, subnet.ref);
    output(`Zone${zone}of`, subnet.attrAvailabilityZone);
    output(`Table${zone}of`, table.ref);
  }
  // Both in the first network.
  const group = new ec2.CfnSecurityGroup(stack, `TheGroup${number}`, {
    ...{ vpcId: (stack.node.findChild('TheVpc0') as ec2.CfnVPC).ref, groupDescription: 'of the team' },
  });
  output('Group', group.ref);
  const statement = { Effect: 'Allow', Action: '*', Resource: '*' };
  const policyDocument = { Version: '2012-10-17', Statement: [statement] };
  output('Boundary', new CfnManagedPolicy(stack, `TheBoundary${number}`, { policyDocument }).ref);
  const key = new kms.Key(stack, `TheKey${number}`);
  output('Key', key.keyArn);
  const bucket = new s3.Bucket(stack, `TheBucket${number}`, { encryptionKey: key, versioned: true });
  output('Bucket', bucket.bucketName);
}
