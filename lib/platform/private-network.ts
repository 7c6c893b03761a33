import { Fn } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { OwnNetwork } from '../config/account';
import type { PipelineConfig } from '../config';
import { fitDefaultGroupFunction } from './default-group';
import type { InterfaceService, NetworkPlace } from './network';
import { endpointGroups, modelGroup } from './network-groups';
import { AppRole, ownService } from './role';

export interface PrivateNetworkProps {
  readonly network: OwnNetwork;
  readonly logRetentionDays: PipelineConfig['logRetentionDays'];
}

/** Address ranges are cut for so many zones, so that a zone more changes no subnet. */
const MAX_ZONES = 3;

/**
 * A VPC of its own: subnets with a route to S3 and to the services that are called, and to nothing else, without an
 * internet gateway and address translation.
 */
export class PrivateNetwork extends Construct implements NetworkPlace {
  readonly vpc: ec2.Vpc;
  readonly subnets: ec2.SubnetSelection = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
  readonly gateway: ec2.GatewayVpcEndpoint;
  readonly endpointGroups: Readonly<Record<InterfaceService, ec2.SecurityGroup>>;
  readonly modelGroup: ec2.SecurityGroup;
  readonly shared: Construct;

  constructor(scope: Construct, id: string, { network, logRetentionDays }: PrivateNetworkProps) {
    super(scope, id);
    const { zones, cidr } = network;
    const vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr(cidr),
      // By index in the region's list: looking up names would make synthesis depend on an account.
      availabilityZones: zonesByIndex(zones),
      reservedAzs: MAX_ZONES - zones,
      subnetConfiguration: [{ name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
      natGateways: 0,
      restrictDefaultSecurityGroup: true,
    });
    const defaultGroupFunction = fitDefaultGroupFunction(this, logRetentionDays);
    this.vpc = vpc;
    this.gateway = vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    this.endpointGroups = endpointGroups(this, vpc);
    this.shared = this;
    this.logRejected(vpc, logRetentionDays);
    this.modelGroup = modelGroup(scope, vpc, this.gateway);
    // CloudFormation deletes the group first, and stops there as long as a model has interfaces in it: nothing that
    // the model needs is gone by then.
    this.modelGroup.node.addDependency(this, defaultGroupFunction);
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

/** Returns the first zones of the region's list, which CloudFormation reads when it deploys the stack. */
export function zonesByIndex(count: number): string[] {
  return Array.from({ length: count }, (_, index) => Fn.select(index, Fn.getAzs()));
}
