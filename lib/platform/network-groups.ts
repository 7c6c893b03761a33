import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { capitalise } from '../contract/text';
import { INTERFACE_SERVICES, type InterfaceService } from './network';

export const HTTPS = ec2.Port.tcp(443);

/** Creates a group without any rule. */
export function closedGroup(
  scope: Construct,
  id: string,
  vpc: ec2.IVpc,
  description: string,
): ec2.SecurityGroup {
  return new ec2.SecurityGroup(scope, id, { vpc, description, allowAllOutbound: false });
}

/**
 * Creates the group of each interface endpoint, whether the endpoint exists or not: other stacks import the groups, and
 * an import would keep a group from being removed together with the last caller.
 */
export function endpointGroups(
  scope: Construct,
  vpc: ec2.IVpc,
): Readonly<Record<InterfaceService, ec2.SecurityGroup>> {
  const services = Object.keys(INTERFACE_SERVICES) as InterfaceService[];
  return Object.fromEntries(
    services.map((service) => [
      service,
      closedGroup(scope, `${capitalise(service)}Endpoint`, vpc, `Interface endpoint of ${service}`),
    ]),
  ) as Record<InterfaceService, ec2.SecurityGroup>;
}

/**
 * Allows calls to S3. The id of AWS's list of S3's addresses differs in each region. In the stack's own network, the
 * route table is narrower than this rule: outside the network itself it leads to S3 only, and the interface endpoints
 * check the security group of each caller.
 */
export function allowS3(group: ec2.ISecurityGroup, gateway: ec2.GatewayVpcEndpoint | undefined): void {
  group.addEgressRule(ec2.Peer.anyIpv4(), HTTPS, gateway ? 'S3, by the gateway endpoint' : 'S3');
}

/** Creates the group of models. They call S3 only; SageMaker makes all other calls in the role's name. */
export function modelGroup(
  scope: Construct,
  vpc: ec2.IVpc,
  gateway: ec2.GatewayVpcEndpoint | undefined,
): ec2.SecurityGroup {
  const group = closedGroup(scope, 'Models', vpc, 'Models');
  allowS3(group, gateway);
  return group;
}
