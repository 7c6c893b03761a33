/**
 * AWS's managed policies that CDK apps attach, by the part of their ARN after `policy/`, in their default versions.
 * Source: the pages of the same names in the AWS Managed Policy Reference.
 */
const DOCUMENTS: Readonly<Record<string, unknown>> = {
  AdministratorAccess: allow('*'),
  AWSCloudFormationReadOnlyAccess: allow([
    'cloudformation:Describe*',
    'cloudformation:EstimateTemplateCost',
    'cloudformation:Get*',
    'cloudformation:List*',
    'cloudformation:ValidateTemplate',
    'cloudformation:Detect*',
  ]),
  // Of the original's hundreds of lines, those about services of the local cloud.
  ReadOnlyAccess: allow([
    'apigateway:GET',
    ...['cloudformation:Describe*', 'cloudformation:Detect*', 'cloudformation:EstimateTemplateCost'],
    ...['cloudformation:Get*', 'cloudformation:List*', 'cloudformation:ValidateTemplate'],
    ...['cloudwatch:Describe*', 'cloudwatch:Get*', 'cloudwatch:List*'],
    ...['codebuild:BatchGet*', 'codebuild:DescribeTestCases', 'codebuild:List*'],
    ...['ecr:BatchCheck*', 'ecr:BatchGet*', 'ecr:Describe*', 'ecr:Get*', 'ecr:List*'],
    ...['events:Describe*', 'events:List*', 'events:Test*'],
    ...['iam:Generate*', 'iam:Get*', 'iam:List*', 'iam:Simulate*'],
    ...['kms:Describe*', 'kms:Get*', 'kms:List*'],
    ...['lambda:Get*', 'lambda:List*'],
    ...['logs:Describe*', 'logs:FilterLogEvents', 'logs:Get*', 'logs:List*', 'logs:TestMetricFilter'],
    ...['s3:Get*', 's3:List*'],
    ...['sagemaker:Describe*', 'sagemaker:GetSearchSuggestions', 'sagemaker:List*', 'sagemaker:Search'],
    ...['sns:Get*', 'sns:List*'],
    ...['ssm:Describe*', 'ssm:Get*', 'ssm:List*'],
    ...['states:Describe*', 'states:Get*', 'states:List*'],
    'sts:GetCallerIdentity',
  ]),
  AWSXRayDaemonWriteAccess: allow([
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
    'xray:GetSamplingStatisticSummaries',
  ]),
  'service-role/AWSLambdaBasicExecutionRole': allow([
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ]),
  'service-role/AWSLambdaVPCAccessExecutionRole': allow([
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ]),
  'service-role/AmazonAPIGatewayPushToCloudWatchLogs': allow([
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:DescribeLogGroups',
    'logs:DescribeLogStreams',
    'logs:PutLogEvents',
    'logs:GetLogEvents',
    'logs:FilterLogEvents',
  ]),
};

function allow(action: string | readonly string[]): unknown {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] };
}

/** Returns the document of one of AWS's managed policies; `undefined` for an unknown policy. */
export function managedPolicy(arn: string): unknown {
  const name = /^arn:aws[a-z-]*:iam::aws:policy\/(.+)$/.exec(arn)?.[1];
  return name !== undefined && Object.hasOwn(DOCUMENTS, name) ? DOCUMENTS[name] : undefined;
}
