import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Principal } from '../../core/principals';
import { authorizeInterfaces, networkOf } from '../ec2/networks';
import { invalidParameter, type Settings } from './settings';

/** What Lambda asks of the execution role before it places a function (Developer Guide, "Required IAM permissions"). */
const NEEDED = ['CreateNetworkInterface', 'DescribeNetworkInterfaces', 'DeleteNetworkInterface'];

/**
 * Subnets and groups have to be there, of one network, and the role may make interfaces in it.
 *
 * @returns the id of the network, if the function is in one
 * @throws ServiceError InvalidParameterValueException, as Lambda tells what EC2 refused
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
