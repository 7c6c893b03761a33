import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { ExistingNetwork as Settings } from '../config/account';
import { Attachments } from './attachments';
import type { AttachmentProps, Network, NetworkAttachment } from './network';

/**
 * A VPC of another owner. The ids are all that is known of it: a look-up would need credentials for the synthesis. The
 * stack adds security groups, and endpoints where the configuration says so.
 */
export class ExistingNetwork extends Construct implements Network {
  private readonly attachments: Attachments;

  constructor(scope: Construct, id: string, network: Settings) {
    super(scope, id);
    const { vpcId, interfaceEndpoints, securityGroupIds } = network;
    const vpc = ec2.Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId,
      availabilityZones: [...new Set(network.subnets.map(({ zone }) => zone))],
    });
    const subnets: ec2.SubnetSelection = {
      subnets: network.subnets.map(({ subnetId, zone, routeTableId }, index) =>
        ec2.Subnet.fromSubnetAttributes(this, `Subnet${index}`, {
          ...{ subnetId, availabilityZone: zone, routeTableId },
        }),
      ),
    };
    const ownsGateway = network.subnets.every(({ routeTableId }) => routeTableId !== undefined);
    this.attachments = new Attachments(this, {
      ...{ vpc, subnets },
      ...(ownsGateway && {
        gateway: vpc.addGatewayEndpoint('S3', {
          service: ec2.GatewayVpcEndpointAwsService.S3,
          subnets: [subnets],
        }),
      }),
      createsEndpoints: interfaceEndpoints === 'create',
      groups: securityGroupIds?.map((groupId, index) =>
        ec2.SecurityGroup.fromSecurityGroupId(this, `Group${index}`, groupId, { mutable: false }),
      ),
    });
  }

  attach(id: string, props: AttachmentProps): NetworkAttachment {
    return this.attachments.attach(id, props);
  }
}
