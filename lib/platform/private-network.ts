import { Fn } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { OwnNetwork } from '../config/account';
import type { PipelineConfig } from '../config';
import { Attachments } from './attachments';
import type { AttachmentProps, Network, NetworkAttachment } from './network';
import { AppRole, ownService } from './role';

export interface PrivateNetworkProps {
  readonly network: OwnNetwork;
  readonly logRetentionDays: PipelineConfig['logRetentionDays'];
}

/**
 * A VPC of its own: subnets with a route to S3 and to the services that are called, and to nothing else, without an
 * internet gateway and address translation.
 */
export class PrivateNetwork extends Construct implements Network {
  private readonly attachments: Attachments;

  constructor(scope: Construct, id: string, { network, logRetentionDays }: PrivateNetworkProps) {
    super(scope, id);
    const { zones, cidr } = network;
    const vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr(cidr),
      // By index in the region's list: looking up names would make synthesis depend on an account.
      availabilityZones: Array.from({ length: zones }, (_, index) => Fn.select(index, Fn.getAzs())),
      subnetConfiguration: [{ name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
      natGateways: 0,
      // It is never used; emptying it would add a function of CDK's whose role may change security groups.
      restrictDefaultSecurityGroup: false,
    });
    this.attachments = new Attachments(this, {
      vpc,
      subnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      gateway: vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 }),
      createsEndpoints: true,
    });
    this.logRejected(vpc, logRetentionDays);
  }

  attach(id: string, props: AttachmentProps): NetworkAttachment {
    return this.attachments.attach(id, props);
  }

  /** Logs rejected connections: the pipeline's own are never among them. */
  private logRejected(vpc: ec2.Vpc, retention: PipelineConfig['logRetentionDays']): void {
    const logGroup = new logs.LogGroup(this, 'RejectedLog', { retention });
    const role = new AppRole(this, 'FlowLogRole', {
      description: 'Flow log: writes rejected connections',
      assumedBy: ownService('vpc-flow-logs.amazonaws.com'),
    });
    vpc.addFlowLog('Rejected', {
      trafficType: ec2.FlowLogTrafficType.REJECT,
      destination: ec2.FlowLogDestination.toCloudWatchLogs(logGroup, role),
    });
  }
}
