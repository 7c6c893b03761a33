import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SFNClient } from '@aws-sdk/client-sfn';
import { STSClient } from '@aws-sdk/client-sts';
import { findOutputs, isLocal, type Outputs, type Variables } from './place';

/** Milliseconds between two looks: the local cloud answers at once, AWS limits calls (DescribeEndpoint: 4 a second). */
const POLL_MS = { local: 200, aws: 2_000 };

/** A deployed environment, as an operator's commands see it. */
export interface Pipeline {
  readonly environment: string;
  readonly outputs: Outputs;
  readonly pollMs: number;
  readonly s3: S3Client;
  readonly sfn: SFNClient;
  readonly sagemaker: SageMakerClient;
  readonly logs: CloudWatchLogsClient;
  readonly lambda: LambdaClient;
  readonly codebuild: CodeBuildClient;
  readonly gateway: APIGatewayClient;
  readonly sts: STSClient;
}

/** Region, credentials and address are those of any AWS SDK. */
export async function openPipeline(environment: string, variables: Variables): Promise<Pipeline> {
  const local = isLocal(variables);
  const outputs = await findOutputs(new CloudFormationClient(), environment);
  return {
    environment,
    outputs,
    pollMs: local ? POLL_MS.local : POLL_MS.aws,
    // Buckets are no host names on this machine.
    s3: new S3Client({ forcePathStyle: local }),
    sfn: new SFNClient(),
    sagemaker: new SageMakerClient(),
    logs: new CloudWatchLogsClient(),
    lambda: new LambdaClient(),
    codebuild: new CodeBuildClient(),
    gateway: new APIGatewayClient(),
    sts: new STSClient(),
  };
}
