import type { VpcConfig } from '@aws-sdk/client-sagemaker';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Principal } from '../../core/principals';
import { authorizeInterfaces, networkOf } from '../ec2/networks';
import { validation } from './limits';

/**
 * EC2 actions that a role needs for a job or a model in a VPC (Developer Guide, "How to use SageMaker AI execution
 * roles").
 */
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
 * Checks that the subnets and security groups exist in one VPC, and that the role may create network interfaces there.
 * In AWS, the job fails if one is missing, at once or when it starts; this cloud refuses the request at once. The
 * message is not AWS's.
 */
export function checkVpc(cloud: Cloud, config: VpcConfig | undefined, role: Principal): void {
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
