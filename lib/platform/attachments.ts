import { Aws } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { InterfaceEndpoints } from './interface-endpoints';
import {
  serviceOf,
  type AttachmentProps,
  type Network,
  type NetworkAttachment,
  type NetworkPlace,
  type PrivateService,
} from './network';
import { allowS3, closedGroup, HTTPS } from './network-groups';

export interface AttachmentsProps {
  readonly place: NetworkPlace;
  /** Endpoints of another stack for the same network. Default: this stack has them. */
  readonly endpoints?: InterfaceEndpoints;
}

/**
 * Attaches the functions, jobs and models of one stack to a VPC. Groups and rules are in that stack, which can so leave
 * the network by itself: it imports from the network's stack only.
 */
export class Attachments extends Construct implements Network {
  readonly place: NetworkPlace;
  readonly endpoints: InterfaceEndpoints;

  constructor(scope: Construct, id: string, { place, endpoints }: AttachmentsProps) {
    super(scope, id);
    this.place = place;
    this.endpoints = endpoints ?? new InterfaceEndpoints(this, 'Vpc', place);
  }

  attach(id: string, props: AttachmentProps): NetworkAttachment {
    const { description, only, betweenHosts = false, outlivesStack = false } = props;
    const { vpc, groups, modelGroup } = this.place;
    if (outlivesStack && modelGroup) return this.attached([modelGroup], () => undefined, only);
    if (groups) return this.attached(groups, (service) => this.admit(groups, 'The pipeline', service), only);
    const own = closedGroup(this, id, vpc, description);
    if (betweenHosts) {
      own.addIngressRule(own, ec2.Port.allTcp(), 'Hosts of one job');
      own.addEgressRule(own, ec2.Port.allTcp(), 'Hosts of one job');
    }
    const connect = (service: PrivateService) => {
      this.allowEgress(own, service);
      this.admit([own], description, service);
    };
    return this.attached([own], connect, only);
  }

  /** @param connect adds the rules for calls to a service, once for each */
  private attached(
    securityGroups: readonly ec2.ISecurityGroup[],
    connect: (service: PrivateService) => void,
    only: readonly PrivateService[] | undefined,
  ): NetworkAttachment {
    const { vpc, subnets, gateway } = this.place;
    const reached = new Set<PrivateService>();
    return {
      ...{ vpc, subnets, securityGroups },
      open: (actions, resources) => {
        for (const [service, called] of byService(actions)) {
          if (only && !only.includes(service)) continue;
          if (!reached.has(service)) connect(service);
          reached.add(service);
          const calls = limit(called, resources);
          if (service === 's3') gateway?.addToPolicy(calls);
          else this.endpoints.allow(service, calls);
        }
      },
    };
  }

  private allowEgress(own: ec2.SecurityGroup, service: PrivateService): void {
    const { gateway, endpointGroups } = this.place;
    if (service === 's3') allowS3(own, gateway);
    else if (endpointGroups) own.addEgressRule(endpointGroups[service], HTTPS, service);
    // The addresses of the owner's endpoints, and their groups, are not known.
    else own.addEgressRule(ec2.Peer.anyIpv4(), HTTPS, 'Services, by the endpoints of the VPC');
  }

  /** Lets callers through to the endpoint of a service; the rule is in the stack of the caller's group. */
  private admit(callers: readonly ec2.ISecurityGroup[], description: string, service: PrivateService): void {
    const group = service === 's3' ? undefined : this.place.endpointGroups?.[service];
    for (const caller of callers) group?.addIngressRule(caller, HTTPS, description, true);
  }
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
