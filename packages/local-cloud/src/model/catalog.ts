import type { APIGateway } from '@aws-sdk/client-api-gateway';
import type { ApplicationAutoScaling } from '@aws-sdk/client-application-auto-scaling';
import type { CloudFormation } from '@aws-sdk/client-cloudformation';
import type { CloudWatch } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { CodeBuild } from '@aws-sdk/client-codebuild';
import type { ECR } from '@aws-sdk/client-ecr';
import type { EventBridge } from '@aws-sdk/client-eventbridge';
import type { FSx } from '@aws-sdk/client-fsx';
import type { KMS } from '@aws-sdk/client-kms';
import type { Lambda } from '@aws-sdk/client-lambda';
import type { S3 } from '@aws-sdk/client-s3';
import type { SageMaker } from '@aws-sdk/client-sagemaker';
import type { SageMakerRuntime } from '@aws-sdk/client-sagemaker-runtime';
import type { Scheduler } from '@aws-sdk/client-scheduler';
import type { ServiceQuotas } from '@aws-sdk/client-service-quotas';
import type { SFN } from '@aws-sdk/client-sfn';
import type { SNS } from '@aws-sdk/client-sns';
import type { SSM } from '@aws-sdk/client-ssm';
import type { STS } from '@aws-sdk/client-sts';

/**
 * The services that can be played, by the SDK's service id in lower case without spaces: the name that Step
 * Functions' `arn:aws:states:::aws-sdk:<service>:<action>` integrations use too.
 */
export interface Sdk {
  apigateway: APIGateway;
  applicationautoscaling: ApplicationAutoScaling;
  cloudformation: CloudFormation;
  cloudwatch: CloudWatch;
  cloudwatchlogs: CloudWatchLogs;
  codebuild: CodeBuild;
  ecr: ECR;
  eventbridge: EventBridge;
  fsx: FSx;
  kms: KMS;
  lambda: Lambda;
  s3: S3;
  sagemaker: SageMaker;
  sagemakerruntime: SageMakerRuntime;
  scheduler: Scheduler;
  servicequotas: ServiceQuotas;
  sfn: SFN;
  sns: SNS;
  ssm: SSM;
  sts: STS;
}

export type ServiceId = keyof Sdk;

export type ProtocolName = 'awsJson1_0' | 'awsJson1_1' | 'awsQuery' | 'restJson1' | 'restXml';

/** What the SDK's exported schemas do not say about a service. */
export interface ServiceFacts {
  /** The package that holds the schemas of every request and answer. */
  package: string;
  /** The service's name in SigV4 scopes. */
  signingName: string;
  /** The prefix of its actions in IAM policies. */
  iamPrefix: string;
  protocol: ProtocolName;
  /** The part of `X-Amz-Target` before the dot (JSON protocols). */
  target?: string;
  /** The namespace of its XML documents. */
  xmlNamespace?: string;
  /** The API version a Query request names. */
  version?: string;
  /** The error code for input that misses a required field or has an unknown one. */
  invalidInput: string;
  /** It once spoke awsQuery, and says the old error codes in `x-amzn-query-error`. */
  queryCompatible?: boolean;
}

/** Targets, versions and namespaces are those in the clients' `runtimeConfig.shared` (3.1142.0). */
export const CATALOG: Readonly<Record<ServiceId, ServiceFacts>> = {
  apigateway: {
    package: '@aws-sdk/client-api-gateway',
    signingName: 'apigateway',
    iamPrefix: 'apigateway',
    protocol: 'restJson1',
    invalidInput: 'BadRequestException',
  },
  applicationautoscaling: {
    package: '@aws-sdk/client-application-auto-scaling',
    signingName: 'application-autoscaling',
    iamPrefix: 'application-autoscaling',
    protocol: 'awsJson1_1',
    target: 'AnyScaleFrontendService',
    invalidInput: 'ValidationException',
  },
  cloudformation: {
    package: '@aws-sdk/client-cloudformation',
    signingName: 'cloudformation',
    iamPrefix: 'cloudformation',
    protocol: 'awsQuery',
    xmlNamespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
    version: '2010-05-15',
    invalidInput: 'ValidationError',
  },
  cloudwatch: {
    package: '@aws-sdk/client-cloudwatch',
    signingName: 'monitoring',
    iamPrefix: 'cloudwatch',
    protocol: 'awsJson1_0',
    target: 'GraniteServiceVersion20100801',
    invalidInput: 'InvalidParameterValueException',
    queryCompatible: true,
  },
  cloudwatchlogs: {
    package: '@aws-sdk/client-cloudwatch-logs',
    signingName: 'logs',
    iamPrefix: 'logs',
    protocol: 'awsJson1_1',
    target: 'Logs_20140328',
    invalidInput: 'InvalidParameterException',
  },
  codebuild: {
    package: '@aws-sdk/client-codebuild',
    signingName: 'codebuild',
    iamPrefix: 'codebuild',
    protocol: 'awsJson1_1',
    target: 'CodeBuild_20161006',
    invalidInput: 'InvalidInputException',
  },
  ecr: {
    package: '@aws-sdk/client-ecr',
    signingName: 'ecr',
    iamPrefix: 'ecr',
    protocol: 'awsJson1_1',
    target: 'AmazonEC2ContainerRegistry_V20150921',
    invalidInput: 'InvalidParameterException',
  },
  eventbridge: {
    package: '@aws-sdk/client-eventbridge',
    signingName: 'events',
    iamPrefix: 'events',
    protocol: 'awsJson1_1',
    target: 'AWSEvents',
    invalidInput: 'ValidationException',
  },
  fsx: {
    package: '@aws-sdk/client-fsx',
    signingName: 'fsx',
    iamPrefix: 'fsx',
    protocol: 'awsJson1_1',
    target: 'AWSSimbaAPIService_v20180301',
    invalidInput: 'BadRequest',
  },
  kms: {
    package: '@aws-sdk/client-kms',
    signingName: 'kms',
    iamPrefix: 'kms',
    protocol: 'awsJson1_1',
    target: 'TrentService',
    invalidInput: 'ValidationException',
  },
  lambda: {
    package: '@aws-sdk/client-lambda',
    signingName: 'lambda',
    iamPrefix: 'lambda',
    protocol: 'restJson1',
    invalidInput: 'InvalidParameterValueException',
  },
  s3: {
    package: '@aws-sdk/client-s3',
    signingName: 's3',
    iamPrefix: 's3',
    protocol: 'restXml',
    xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
    invalidInput: 'InvalidRequest',
  },
  sagemaker: {
    package: '@aws-sdk/client-sagemaker',
    signingName: 'sagemaker',
    iamPrefix: 'sagemaker',
    protocol: 'awsJson1_1',
    target: 'SageMaker',
    invalidInput: 'ValidationException',
  },
  sagemakerruntime: {
    package: '@aws-sdk/client-sagemaker-runtime',
    signingName: 'sagemaker',
    iamPrefix: 'sagemaker',
    protocol: 'restJson1',
    invalidInput: 'ValidationError',
  },
  scheduler: {
    package: '@aws-sdk/client-scheduler',
    signingName: 'scheduler',
    iamPrefix: 'scheduler',
    protocol: 'restJson1',
    invalidInput: 'ValidationException',
  },
  servicequotas: {
    package: '@aws-sdk/client-service-quotas',
    signingName: 'servicequotas',
    iamPrefix: 'servicequotas',
    protocol: 'awsJson1_1',
    target: 'ServiceQuotasV20190624',
    invalidInput: 'IllegalArgumentException',
  },
  sfn: {
    package: '@aws-sdk/client-sfn',
    signingName: 'states',
    iamPrefix: 'states',
    protocol: 'awsJson1_0',
    target: 'AWSStepFunctions',
    invalidInput: 'ValidationException',
  },
  sns: {
    package: '@aws-sdk/client-sns',
    signingName: 'sns',
    iamPrefix: 'sns',
    protocol: 'awsQuery',
    xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    version: '2010-03-31',
    invalidInput: 'InvalidParameter',
  },
  ssm: {
    package: '@aws-sdk/client-ssm',
    signingName: 'ssm',
    iamPrefix: 'ssm',
    protocol: 'awsJson1_1',
    target: 'AmazonSSM',
    invalidInput: 'ValidationException',
  },
  sts: {
    package: '@aws-sdk/client-sts',
    signingName: 'sts',
    iamPrefix: 'sts',
    protocol: 'awsQuery',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    version: '2011-06-15',
    invalidInput: 'ValidationError',
  },
};
