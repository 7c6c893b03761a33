import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { capitalise } from '../contract/text';
import { INTERFACE_SERVICES, SHARED_SERVICES, type InterfaceService, type NetworkPlace } from './network';

/**
 * The interface endpoints of a VPC. One is created with the first call that is allowed to its service, since each is
 * billed by the hour and zone; its policy has the calls that were allowed, and no others.
 */
export class InterfaceEndpoints extends Construct {
  private readonly endpoints = new Map<InterfaceService, ec2.InterfaceVpcEndpoint>();

  constructor(
    scope: Construct,
    id: string,
    private readonly place: NetworkPlace,
  ) {
    super(scope, id);
  }

  /** Allows calls through the endpoint of a service. */
  allow(service: InterfaceService, calls: PolicyStatement): void {
    const { endpointGroups, vpc, subnets, shared } = this.place;
    if (!endpointGroups) return;
    let endpoint = this.endpoints.get(service);
    if (!endpoint) {
      const scope = SHARED_SERVICES.includes(service) ? shared : this;
      endpoint = new ec2.InterfaceVpcEndpoint(scope, capitalise(service), {
        vpc,
        service: INTERFACE_SERVICES[service],
        privateDnsEnabled: true,
        // Each caller is allowed by its security group.
        open: false,
        securityGroups: [endpointGroups[service]],
        subnets,
      });
      this.endpoints.set(service, endpoint);
    }
    endpoint.addToPolicy(calls);
  }
}
