import { Aws } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { capitalise } from '../contract/text';
import {
  INTERFACE_SERVICES,
  serviceOf,
  type AttachmentProps,
  type InterfaceService,
  type NetworkAttachment,
  type PrivateService,
} from './network';

/** A VPC, and what the stack may create in it. */
export interface AttachmentPlace {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SubnetSelection;
  /** The stack's gateway endpoint of S3. Default: the VPC has its own way to S3. */
  readonly gateway?: ec2.GatewayVpcEndpoint;
  /** Creates interface endpoints; otherwise the VPC has its own way to each service. */
  readonly createsEndpoints: boolean;
  /** Groups of all jobs, models and functions, whose rules are their owner's. Default: a new group for each. */
  readonly groups?: readonly ec2.ISecurityGroup[];
}

const HTTPS = ec2.Port.tcp(443);

/**
 * Attaches functions, jobs and models to a VPC. An interface endpoint is created with the first call that is allowed to
 * its service, since each is billed by the hour and zone; its policy has the calls that were allowed, and no others.
 */
export class Attachments {
  private readonly endpoints = new Map<InterfaceService, Endpoint>();

  /** @param scope of the groups that are created */
  constructor(
    private readonly scope: Construct,
    private readonly place: AttachmentPlace,
  ) {}

  attach(id: string, { description, only, betweenHosts = false }: AttachmentProps): NetworkAttachment {
    const { vpc, subnets, groups } = this.place;
    const own = groups ? undefined : this.group(id, description);
    if (own && betweenHosts) {
      own.addIngressRule(own, ec2.Port.allTcp(), 'Hosts of one job');
      own.addEgressRule(own, ec2.Port.allTcp(), 'Hosts of one job');
    }
    const caller: Caller = { own, groups: groups ?? [own!], description: own ? description : 'The pipeline' };
    const reached = new Set<PrivateService>();
    return {
      ...{ vpc, subnets, securityGroups: caller.groups },
      open: (actions, resources) => {
        for (const [service, called] of byService(actions)) {
          if (only && !only.includes(service)) continue;
          if (!reached.has(service)) this.connect(caller, service);
          reached.add(service);
          this.endpointOf(service)?.addToPolicy(limit(called, resources));
        }
      },
    };
  }

  /** Adds the rules for calls to a service: to the caller's own group, and to the service's endpoint. */
  private connect({ own, groups, description }: Caller, service: PrivateService): void {
    if (service === 's3') {
      // The id of AWS's list of S3's addresses differs in each region. In the stack's own network, the route table is
      // narrower than this rule: outside the network itself it leads to S3 only, and the interface endpoints check the
      // security group of each caller.
      const way = this.place.gateway ? 'S3, by the gateway endpoint' : 'S3';
      own?.addEgressRule(ec2.Peer.anyIpv4(), HTTPS, way);
      return;
    }
    if (!this.place.createsEndpoints) {
      // The addresses of the owner's endpoints, and their groups, are not known.
      own?.addEgressRule(ec2.Peer.anyIpv4(), HTTPS, 'Services, by the endpoints of the VPC');
      return;
    }
    const { group } = this.interfaceEndpoint(service);
    for (const each of groups) group.addIngressRule(each, HTTPS, description);
    own?.addEgressRule(group, HTTPS, service);
  }

  private endpointOf(service: PrivateService): ec2.VpcEndpoint | undefined {
    const { gateway, createsEndpoints } = this.place;
    if (service === 's3') return gateway;
    return createsEndpoints ? this.interfaceEndpoint(service).endpoint : undefined;
  }

  private interfaceEndpoint(service: InterfaceService): Endpoint {
    const known = this.endpoints.get(service);
    if (known) return known;
    const name = capitalise(service);
    const group = this.group(`${name}Endpoint`, `Interface endpoint of ${service}`);
    const endpoint = this.place.vpc.addInterfaceEndpoint(name, {
      service: INTERFACE_SERVICES[service],
      privateDnsEnabled: true,
      // Each caller is allowed by its security group.
      open: false,
      securityGroups: [group],
      subnets: this.place.subnets,
    });
    this.endpoints.set(service, { group, endpoint });
    return { group, endpoint };
  }

  private group(id: string, description: string): ec2.SecurityGroup {
    return new ec2.SecurityGroup(this.scope, id, {
      vpc: this.place.vpc,
      description,
      allowAllOutbound: false,
    });
  }
}

interface Caller {
  /** The group that was created for it. */
  readonly own: ec2.SecurityGroup | undefined;
  readonly groups: readonly ec2.ISecurityGroup[];
  readonly description: string;
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
