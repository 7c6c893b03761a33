import { PolicyStatement, type IRole } from 'aws-cdk-lib/aws-iam';

/** Lambda's network interfaces are made in the function's name (Developer Guide, "Required IAM permissions"). */
const OF_FUNCTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/** Those of jobs and models in the role's name (Developer Guide, "How to use SageMaker AI execution roles"). */
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

/** Why they are for any interface. */
export const ANY_INTERFACE =
  'the service makes network interfaces in the role’s name, whose ids nobody knows before; the calls are the service’s, since nothing in the network reaches EC2';

export function grantInterfaces(role: IRole, owner: 'lambda' | 'sagemaker'): void {
  const actions = owner === 'lambda' ? OF_FUNCTIONS : OF_SAGEMAKER;
  role.addToPrincipalPolicy(new PolicyStatement({ actions, resources: ['*'] }));
}
