import { Aws, Fn } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { capitalise } from '../contract/text';
import {
  INTERFACE_SERVICES,
  serviceOf,
  type AttachmentProps,
  type InterfaceService,
  type Network,
  type NetworkAttachment,
  type PrivateService,
} from './network';
import { AppRole, ownService } from './role';

export interface PrivateNetworkProps {
  readonly config: PipelineConfig & { readonly network: NonNullable<PipelineConfig['network']> };
}

const HTTPS = ec2.Port.tcp(443);

/**
 * Subnets with a route to S3 and to the services that are called, and to nothing else: no internet gateway, no address
 * translation. An interface endpoint is created with the first call that is allowed to its service, since each is
 * billed by the hour and zone; its policy has the calls that were allowed, and no others.
 */
export class PrivateNetwork extends Construct implements Network {
  private readonly vpc: ec2.Vpc;
  private readonly gateway: ec2.GatewayVpcEndpoint;
  private readonly endpoints = new Map<InterfaceService, Endpoint>();

  constructor(scope: Construct, id: string, { config }: PrivateNetworkProps) {
    super(scope, id);
    const { zones, cidr } = config.network;
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr(cidr),
      // By index in the region's list: looking up names would make synthesis depend on an account.
      availabilityZones: Array.from({ length: zones }, (_, index) => Fn.select(index, Fn.getAzs())),
      subnetConfiguration: [{ name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }],
      natGateways: 0,
      // It is never used; emptying it would add a function of CDK's whose role may change security groups.
      restrictDefaultSecurityGroup: false,
    });
    this.gateway = this.vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    this.logRejected(config);
  }

  attach(id: string, { description, only, betweenHosts = false }: AttachmentProps): NetworkAttachment {
    const securityGroup = this.group(id, description);
    if (betweenHosts) {
      securityGroup.addIngressRule(securityGroup, ec2.Port.allTcp(), 'Hosts of one job');
      securityGroup.addEgressRule(securityGroup, ec2.Port.allTcp(), 'Hosts of one job');
    }
    const reached = new Set<PrivateService>();
    return {
      vpc: this.vpc,
      subnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      securityGroup,
      open: (actions, resources) => {
        for (const [service, called] of byService(actions)) {
          if (only && !only.includes(service)) continue;
          if (!reached.has(service)) this.connect(securityGroup, service, description);
          reached.add(service);
          this.endpointOf(service).addToPolicy(limit(called, resources));
        }
      },
    };
  }

  /** Adds the rules for calls to a service, on both sides. */
  private connect(caller: ec2.SecurityGroup, service: PrivateService, description: string): void {
    if (service === 's3') {
      // The id of AWS's list of S3's addresses differs in each region. The route table is narrower than this rule:
      // outside the network itself it leads to S3 only, and the interface endpoints check the security group of each
      // caller.
      caller.addEgressRule(ec2.Peer.anyIpv4(), HTTPS, 'S3, by the gateway endpoint');
      return;
    }
    const { group } = this.interfaceEndpoint(service);
    group.addIngressRule(caller, HTTPS, description);
    caller.addEgressRule(group, HTTPS, service);
  }

  private endpointOf(service: PrivateService): ec2.VpcEndpoint {
    return service === 's3' ? this.gateway : this.interfaceEndpoint(service).endpoint;
  }

  private interfaceEndpoint(service: InterfaceService): Endpoint {
    const known = this.endpoints.get(service);
    if (known) return known;
    const name = capitalise(service);
    const group = this.group(`${name}Endpoint`, `Interface endpoint of ${service}`);
    const endpoint = this.vpc.addInterfaceEndpoint(name, {
      service: INTERFACE_SERVICES[service],
      privateDnsEnabled: true,
      // Each caller is allowed by its security group.
      open: false,
      securityGroups: [group],
      subnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    });
    this.endpoints.set(service, { group, endpoint });
    return { group, endpoint };
  }

  private group(id: string, description: string): ec2.SecurityGroup {
    return new ec2.SecurityGroup(this, id, { vpc: this.vpc, description, allowAllOutbound: false });
  }

  /** Logs rejected connections: the pipeline's own are never among them. */
  private logRejected({ logRetentionDays }: PipelineConfig): void {
    const logGroup = new logs.LogGroup(this, 'RejectedLog', { retention: logRetentionDays });
    const role = new AppRole(this, 'FlowLogRole', {
      description: 'Flow log: writes rejected connections',
      assumedBy: ownService('vpc-flow-logs.amazonaws.com'),
    });
    this.vpc.addFlowLog('Rejected', {
      trafficType: ec2.FlowLogTrafficType.REJECT,
      destination: ec2.FlowLogDestination.toCloudWatchLogs(logGroup, role),
    });
  }
}

interface Endpoint {
  readonly group: ec2.SecurityGroup;
  readonly endpoint: ec2.InterfaceVpcEndpoint;
}

function byService(actions: readonly string[]): Map<PrivateService, string[]> {
  const called = new Map<PrivateService, string[]>();
  for (const action of actions) {
    const service = serviceOf(action);
    if (service) called.set(service, [...(called.get(service) ?? []), action]);
  }
  return called;
}

/** Limits an endpoint to calls of this account on named resources: another account's bucket is out of reach. */
function limit(actions: string[], resources: readonly string[]): PolicyStatement {
  return new PolicyStatement({
    principals: [new AnyPrincipal()],
    actions,
    resources: [...resources],
    conditions: { StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID } },
  });
}
