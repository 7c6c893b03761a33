import { PolicyStatement, type IRole } from 'aws-cdk-lib/aws-iam';

/**
 * Permissions for functions: Lambda creates network interfaces under the function's role (Developer Guide, "Required
 * IAM permissions").
 */
const OF_FUNCTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/** Permissions for jobs and models, under their role (Developer Guide, "How to use SageMaker AI execution roles"). */
const OF_SAGEMAKER = [
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

/** Reason for allowing any interface. */
export const ANY_INTERFACE =
  'the service creates network interfaces under the role, with ids that are not known before; only the service can make the calls, since nothing in the network reaches EC2';

export function grantInterfaces(role: IRole, owner: 'lambda' | 'sagemaker'): void {
  const actions = owner === 'lambda' ? OF_FUNCTIONS : OF_SAGEMAKER;
  role.addToPrincipalPolicy(new PolicyStatement({ actions, resources: ['*'] }));
}
