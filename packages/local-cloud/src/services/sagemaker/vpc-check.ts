import type { VpcConfig } from '@aws-sdk/client-sagemaker';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Principal } from '../../core/principals';
import { authorizeInterfaces, networkOf } from '../ec2/networks';
import { validation } from './limits';

/** What a role needs for a job or a model in a network (Developer Guide, "How to use SageMaker AI execution roles"). */
const NEEDED = [
  'ec2:CreateNetworkInterface',
  'ec2:CreateNetworkInterfacePermission',
  'ec2:DeleteNetworkInterface',
  'ec2:DeleteNetworkInterfacePermission',
  'ec2:DescribeDhcpOptions',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcs',
];

/**
 * Subnets and groups have to be there, of one network, and the role may make interfaces in it. In AWS the job fails
 * where one is missing, at once or when it starts; here it is refused at once. The words are ours.
 */
export function checkPlacement(cloud: Cloud, config: VpcConfig | undefined, role: Principal): void {
  if (!config) return;
  const { Subnets: subnets = [], SecurityGroupIds: securityGroups = [] } = config;
  if (subnets.length < 1 || subnets.length > 16 || securityGroups.length < 1 || securityGroups.length > 5) {
    throw validation(
      `VpcConfig has ${subnets.length} Subnets and ${securityGroups.length} SecurityGroupIds; it must have 1 to 16 and 1 to 5.`,
    );
  }
  try {
    networkOf(cloud, { subnets, securityGroups });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw validation(`VpcConfig is not valid: ${error.message} (${error.code}).`);
  }
  authorizeInterfaces(cloud, role, NEEDED, 'sagemaker');
}
