import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ECRClient } from '@aws-sdk/client-ecr';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SSMClient } from '@aws-sdk/client-ssm';
import { SFNClient } from '@aws-sdk/client-sfn';
import { STSClient } from '@aws-sdk/client-sts';
import { pipelineId, type PipelineConfig } from '../lib/config';
import { findOutputs, isLocal, type Outputs, type Variables } from './environment';

/** Milliseconds between two polls: the local cloud answers at once, AWS limits calls (DescribeEndpoint: 4 a second). */
const POLL_MS = { local: 200, aws: 2_000 };

/** A deployed pipeline: its outputs and the SDK clients. */
export interface Pipeline {
  /** Its name in messages, `table-dev`. */
  readonly id: string;
  readonly config: PipelineConfig;
  readonly outputs: Outputs;
  readonly pollMs: number;
  readonly s3: S3Client;
  readonly sfn: SFNClient;
  readonly sagemaker: SageMakerClient;
  readonly logs: CloudWatchLogsClient;
  readonly lambda: LambdaClient;
  readonly codebuild: CodeBuildClient;
  readonly ecr: ECRClient;
  readonly gateway: APIGatewayClient;
  readonly sts: STSClient;
  readonly ssm: SSMClient;
  readonly cloudformation: CloudFormationClient;
}

/** Opens a pipeline. Region, credentials and endpoint URL are those of the AWS SDK. */
export async function openPipeline(config: PipelineConfig, variables: Variables): Promise<Pipeline> {
  const local = isLocal(variables);
  const cloudformation = new CloudFormationClient();
  const outputs = await findOutputs(cloudformation, config);
  return {
    id: pipelineId(config),
    config,
    outputs,
    pollMs: local ? POLL_MS.local : POLL_MS.aws,
    // The local cloud has no host name for each bucket.
    s3: new S3Client({ forcePathStyle: local }),
    sfn: new SFNClient(),
    sagemaker: new SageMakerClient(),
    logs: new CloudWatchLogsClient(),
    lambda: new LambdaClient(),
    codebuild: new CodeBuildClient(),
    ecr: new ECRClient(),
    gateway: new APIGatewayClient(),
    sts: new STSClient(),
    ssm: new SSMClient(),
    cloudformation,
  };
}
