import { InterfaceVpcEndpointAwsService as AwsService } from 'aws-cdk-lib/aws-ec2';

/** Services that private parts call through an interface endpoint each, by their IAM prefix or client. */
export const INTERFACE_SERVICES = {
  autoscaling: AwsService.APPLICATION_AUTOSCALING,
  cloudwatch: AwsService.CLOUDWATCH_MONITORING,
  ecr: AwsService.ECR,
  kms: AwsService.KMS,
  lambda: AwsService.LAMBDA,
  sagemaker: AwsService.SAGEMAKER_API,
  sagemakerRuntime: AwsService.SAGEMAKER_RUNTIME,
  // CDK has no constant for EventBridge Scheduler.
  scheduler: new AwsService('scheduler'),
  sns: AwsService.SNS,
  ssm: AwsService.SSM,
  states: AwsService.STEP_FUNCTIONS,
} as const;

export type InterfaceService = keyof typeof INTERFACE_SERVICES;

/** What a private part may call; S3 goes through a gateway, which costs nothing. */
export type PrivateService = 's3' | InterfaceService;
