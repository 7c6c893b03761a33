import { Stack, Token, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { createsParts, ExistingNetwork } from '../platform/existing-network';
import type { NetworkPlace } from '../platform/network';
import { PrivateNetwork, zonesByIndex } from '../platform/private-network';

export interface NetworkStackProps extends StackProps {
  readonly network: NonNullable<PipelineConfig['network']>;
  readonly logRetentionDays: PipelineConfig['logRetentionDays'];
}

/** Returns true if the network has a stack: a VPC whose owner provides everything has none. */
export function hasNetworkStack(network: PipelineConfig['network']): boolean {
  return network !== null && (!('vpcId' in network) || createsParts(network));
}

/**
 * Returns the id of a network's stack. Another network has another stack, so both exist until no model is in the old
 * one: nobody can replace a VPC in use.
 */
export function networkStackId(network: NonNullable<PipelineConfig['network']>): string {
  return `Network-${'vpcId' in network ? network.vpcId : network.cidr.replace(/[./]/g, '-')}`;
}

/**
 * The network of functions, jobs and models. It outlives the stacks that use it: without `network` in the configuration
 * it stays, and CloudFormation refuses to delete it while a model has interfaces in it.
 */
export class NetworkStack extends Stack {
  readonly place: NetworkPlace;

  constructor(scope: Construct, id: string, { network, logRetentionDays, ...props }: NetworkStackProps) {
    super(scope, id, props);
    this.place =
      'vpcId' in network
        ? new ExistingNetwork(this, 'Network', network)
        : new PrivateNetwork(this, 'Network', { network, logRetentionDays });
    this.pin();
  }

  /**
   * Zones by their index, never their names: CDK's own list would be looked up in the account, for which the synthesis
   * would need credentials.
   */
  override get availabilityZones(): string[] {
    return zonesByIndex(3);
  }

  /** Keeps every export, whoever imports it: CloudFormation refuses to drop an export in use. */
  private pin(): void {
    const { vpc, subnets, endpointGroups, modelGroup } = this.place;
    const ids = [
      vpc.vpcId,
      ...vpc.selectSubnets(subnets).subnetIds,
      ...[...Object.values(endpointGroups ?? {}), ...(modelGroup ? [modelGroup] : [])].map(
        ({ securityGroupId }) => securityGroupId,
      ),
    ];
    for (const value of ids) if (Token.isUnresolved(value)) this.exportValue(value);
  }
}
