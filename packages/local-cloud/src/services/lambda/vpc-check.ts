import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Principal } from '../../core/principals';
import { authorizeInterfaces, networkOf } from '../ec2/networks';
import { invalidParameter, type Settings } from './settings';

/** EC2 actions that the execution role needs for a function in a VPC (Developer Guide, "Required IAM permissions"). */
const NEEDED = ['CreateNetworkInterface', 'DescribeNetworkInterfaces', 'DeleteNetworkInterface'];

/**
 * Checks that the subnets and security groups exist in one VPC, and that the role may create network interfaces there.
 *
 * @returns the VPC's id, if the function is in a VPC
 * @throws ServiceError InvalidParameterValueException with EC2's error, as Lambda reports it
 */
export function checkNetwork(cloud: Cloud, { VpcConfig }: Settings, role: Principal): string | undefined {
  if (!VpcConfig || VpcConfig.SubnetIds.length === 0) return undefined;
  for (const operation of NEEDED) {
    try {
      authorizeInterfaces(cloud, role, [`ec2:${operation}`], 'lambda');
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      throw invalidParameter(
        `The provided execution role does not have permissions to call ${operation} on EC2`,
      );
    }
  }
  try {
    return networkOf(cloud, { subnets: VpcConfig.SubnetIds, securityGroups: VpcConfig.SecurityGroupIds });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw invalidParameter(
      `Error occurred while DescribeSubnets. EC2 Error Code: ${error.code}. EC2 Error Message: ${error.message}`,
    );
  }
}
