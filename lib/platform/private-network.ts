import { Aws, Fn } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { INTERFACE_SERVICES, type InterfaceService, type PrivateService } from './network';

export interface PrivateNetworkProps {
  readonly config: PipelineConfig & { readonly network: NonNullable<PipelineConfig['network']> };
}

/** VPC, subnets and security group of a function, a job or a model. */
export interface NetworkAttachment {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SubnetSelection;
  readonly securityGroup: ec2.SecurityGroup;
}

export interface PartProps {
  readonly description: string;
  readonly calls: readonly PrivateService[];
  /** Hosts of one job connect to each other. Default: false. */
  readonly betweenHosts?: boolean;
}

const HTTPS = ec2.Port.tcp(443);

/**
 * Subnets with a route to S3 and to the services that are called, and to nothing else: no internet gateway, no address
 * translation. An interface endpoint is created with the first caller of its service, since each is billed by the hour
 * and zone.
 */
export class PrivateNetwork extends Construct {
  private readonly vpc: ec2.Vpc;
  private readonly gateway: ec2.GatewayVpcEndpoint;
  private readonly endpoints = new Map<InterfaceService, ec2.InterfaceVpcEndpoint>();
  private readonly groups = new Map<InterfaceService, ec2.SecurityGroup>();
  private readonly allowed = new Map<InterfaceService, PolicyStatement[]>();

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

  /** Creates a security group that reaches the called services and nothing else. */
  attach(id: string, { description, calls, betweenHosts = false }: PartProps): NetworkAttachment {
    const securityGroup = this.group(id, description);
    for (const service of calls) {
      if (service === 's3') {
        // The id of AWS's list of S3's addresses differs in each region. The route table is narrower than this rule:
        // outside the network itself it leads to S3 only, and the interface endpoints check the security group of each
        // caller.
        securityGroup.addEgressRule(ec2.Peer.anyIpv4(), HTTPS, 'S3, by the gateway endpoint');
        continue;
      }
      const endpoint = this.endpointGroup(service);
      endpoint.addIngressRule(securityGroup, HTTPS, description);
      securityGroup.addEgressRule(endpoint, HTTPS, service);
    }
    if (betweenHosts) {
      securityGroup.addIngressRule(securityGroup, ec2.Port.allTcp(), 'Hosts of one job');
      securityGroup.addEgressRule(securityGroup, ec2.Port.allTcp(), 'Hosts of one job');
    }
    return { vpc: this.vpc, subnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }, securityGroup };
  }

  /**
   * Allows calls through the endpoint of a service, if there is one: after the first call of this method, only those.
   */
  allow(service: PrivateService, actions: readonly string[], resources: readonly string[]): void {
    const statement = new PolicyStatement({
      principals: [new AnyPrincipal()],
      actions: [...actions],
      resources: [...resources],
      conditions: { StringEquals: { 'aws:PrincipalAccount': Aws.ACCOUNT_ID } },
    });
    if (service === 's3') return this.gateway.addToPolicy(statement);
    this.allowed.set(service, [...(this.allowed.get(service) ?? []), statement]);
    this.endpoints.get(service)?.addToPolicy(statement);
  }

  private endpointGroup(service: InterfaceService): ec2.SecurityGroup {
    const known = this.groups.get(service);
    if (known) return known;
    const name = service.charAt(0).toUpperCase() + service.slice(1);
    const group = this.group(`${name}Endpoint`, `Interface endpoint of ${service}`);
    const endpoint = this.vpc.addInterfaceEndpoint(name, {
      service: INTERFACE_SERVICES[service],
      privateDnsEnabled: true,
      // Each caller is allowed by its security group.
      open: false,
      securityGroups: [group],
      subnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    });
    for (const statement of this.allowed.get(service) ?? []) endpoint.addToPolicy(statement);
    this.groups.set(service, group);
    this.endpoints.set(service, endpoint);
    return group;
  }

  private group(id: string, description: string): ec2.SecurityGroup {
    return new ec2.SecurityGroup(this, id, { vpc: this.vpc, description, allowAllOutbound: false });
  }

  /** Logs rejected connections: the pipeline's own are never among them. */
  private logRejected({ logRetentionDays }: PipelineConfig): void {
    const logGroup = new logs.LogGroup(this, 'RejectedLog', { retention: logRetentionDays });
    const role = new Role(this, 'FlowLogRole', {
      description: 'Flow log: writes rejected connections',
      assumedBy: new ServicePrincipal('vpc-flow-logs.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    this.vpc.addFlowLog('Rejected', {
      trafficType: ec2.FlowLogTrafficType.REJECT,
      destination: ec2.FlowLogDestination.toCloudWatchLogs(logGroup, role),
    });
  }
}
