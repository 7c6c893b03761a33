import { InterfaceVpcEndpointAwsService as AwsService } from 'aws-cdk-lib/aws-ec2';

/** Services with an interface endpoint each, by their IAM prefix or client. */
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

/** Services that a function or job may call; S3 has a gateway endpoint, which is free of charge. */
export type PrivateService = 's3' | InterfaceService;
