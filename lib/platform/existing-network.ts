import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { ExistingNetwork as Settings } from '../config/account';
import type { InterfaceService, NetworkPlace } from './network';
import { endpointGroups, modelGroup } from './network-groups';

/** Returns true if something is created in a VPC of another owner that outlives its callers. */
export function createsParts({ interfaceEndpoints, securityGroupIds, subnets }: Settings): boolean {
  return (
    interfaceEndpoints === 'create' ||
    securityGroupIds === undefined ||
    subnets.every(({ routeTableId }) => routeTableId !== undefined)
  );
}

/**
 * A VPC of another owner. The ids are all that is known of it: a look-up would need credentials for the synthesis. The
 * stacks add security groups, and endpoints where the configuration says so.
 */
export class ExistingNetwork extends Construct implements NetworkPlace {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SubnetSelection;
  readonly gateway?: ec2.GatewayVpcEndpoint;
  readonly endpointGroups?: Readonly<Record<InterfaceService, ec2.SecurityGroup>>;
  readonly modelGroup?: ec2.SecurityGroup;
  readonly groups?: readonly ec2.ISecurityGroup[];
  readonly shared: Construct;

  constructor(scope: Construct, id: string, network: Settings) {
    super(scope, id);
    const { vpcId, interfaceEndpoints, securityGroupIds } = network;
    this.shared = this;
    this.vpc = ec2.Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId,
      availabilityZones: [...new Set(network.subnets.map(({ zone }) => zone))],
    });
    this.subnets = {
      subnets: network.subnets.map(({ subnetId, zone, routeTableId }, index) =>
        ec2.Subnet.fromSubnetAttributes(this, `Subnet${index}`, {
          ...{ subnetId, availabilityZone: zone, routeTableId },
        }),
      ),
    };
    if (network.subnets.every(({ routeTableId }) => routeTableId !== undefined)) {
      this.gateway = this.vpc.addGatewayEndpoint('S3', {
        service: ec2.GatewayVpcEndpointAwsService.S3,
        subnets: [this.subnets],
      });
    }
    if (interfaceEndpoints === 'create') this.endpointGroups = endpointGroups(this, this.vpc);
    if (securityGroupIds) {
      this.groups = securityGroupIds.map((groupId, index) =>
        ec2.SecurityGroup.fromSecurityGroupId(this, `Group${index}`, groupId, { mutable: false }),
      );
    } else {
      this.modelGroup = modelGroup(scope, this.vpc, this.gateway);
      // Deleted first, which fails as long as a model has interfaces in it.
      this.modelGroup.node.addDependency(this);
    }
  }
}
