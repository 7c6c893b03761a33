import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import { InterfaceVpcEndpointAwsService as AwsService } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/**
 * A VPC with all that outlives its callers. Models keep their subnets and their security group until SageMaker replaces
 * them, which is later than any deployment of a stack; so none of it may be in a stack that drops it. `PrivateNetwork`
 * creates one, `ExistingNetwork` uses an existing VPC.
 */
export interface NetworkPlace {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SubnetSelection;
  /** Our own gateway endpoint of S3. Default: the VPC has its own way to S3. */
  readonly gateway?: ec2.GatewayVpcEndpoint;
  /** Security groups of the interface endpoints that are created. Default: the VPC has its own way to each service. */
  readonly endpointGroups?: Readonly<Record<InterfaceService, ec2.ISecurityGroup>>;
  /** Group of the models. Default: `groups`. */
  readonly modelGroup?: ec2.ISecurityGroup;
  /** Groups of all jobs, models and functions, whose rules are their owner's. Default: a new group for each. */
  readonly groups?: readonly ec2.ISecurityGroup[];
  /** Scope of endpoints that callers of several stacks share. */
  readonly shared: Construct;
}

/** The network as the functions, jobs and models of one stack see it. */
export interface Network {
  /**
   * Returns the attachment of one function, job or model: its security group reaches nothing until its owner is allowed
   * a call.
   *
   * @param id unique in the network
   */
  attach(id: string, props: AttachmentProps): NetworkAttachment;
}

export interface AttachmentProps {
  readonly description: string;
  /** Default: all services. */
  readonly only?: readonly PrivateService[];
  /** Hosts of one job connect to each other. Default: false. */
  readonly betweenHosts?: boolean;
  /** It keeps its network interfaces after the stack has dropped it, as a model in service does. Default: false. */
  readonly outlivesStack?: boolean;
}

/** VPC, subnets and security groups of a function, a job or a model. */
export interface NetworkAttachment {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SubnetSelection;
  readonly securityGroups: readonly ec2.ISecurityGroup[];
  /** Opens the way for calls: rules of the security groups, and a statement in the policy of the service's endpoint. */
  open(actions: readonly string[], resources: readonly string[]): void;
}

/** Services with an interface endpoint each. */
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

/**
 * Services that functions of several stacks call. Their endpoints are in the network's own stack: in one of the
 * callers', it would be gone for the others while that stack moves to another network.
 */
export const SHARED_SERVICES: readonly InterfaceService[] = ['sagemakerRuntime'];

/** Services that a function or job may call; S3 has a gateway endpoint, which is free of charge. */
export type PrivateService = 's3' | InterfaceService;

/** Services by the IAM prefix of their actions. */
const BY_PREFIX: Readonly<Record<string, PrivateService>> = {
  'application-autoscaling': 'autoscaling',
  cloudwatch: 'cloudwatch',
  ecr: 'ecr',
  kms: 'kms',
  lambda: 'lambda',
  s3: 's3',
  sagemaker: 'sagemaker',
  scheduler: 'scheduler',
  sns: 'sns',
  ssm: 'ssm',
  states: 'states',
};

/**
 * Actions without a call over the function's network: S3, SNS and SageMaker use a key in the caller's name, Lambda
 * delivers logs and traces and creates network interfaces, and IAM is asked by the service that a role is passed to.
 */
const WITHOUT_CALL = /^(kms:(CreateGrant|Decrypt|Encrypt|GenerateDataKey)|logs:|ec2:|iam:|xray:)/;

/** Returns the service that a call of the action reaches; undefined where no call leaves the network. */
export function serviceOf(action: string): PrivateService | undefined {
  if (WITHOUT_CALL.test(action)) return undefined;
  if (action.startsWith('sagemaker:InvokeEndpoint')) return 'sagemakerRuntime';
  const service = BY_PREFIX[action.split(':')[0]!];
  if (service) return service;
  throw new Error(
    `the action is "${action}", and lib/platform/network.ts does not know how a function in a private network reaches its service; add its endpoint to INTERFACE_SERVICES and BY_PREFIX`,
  );
}

/**
 * Permissions with which a service creates network interfaces, under the role of a function (Lambda Developer Guide,
 * "Required IAM permissions"), or of a job or model (SageMaker Developer Guide, "How to use SageMaker AI execution
 * roles").
 */
export const INTERFACE_ACTIONS = {
  lambda: [
    'ec2:AssignPrivateIpAddresses',
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:UnassignPrivateIpAddresses',
  ],
  sagemaker: [
    'ec2:CreateNetworkInterface',
    'ec2:CreateNetworkInterfacePermission',
    'ec2:DeleteNetworkInterface',
    'ec2:DeleteNetworkInterfacePermission',
    'ec2:DescribeDhcpOptions',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSecurityGroups',
    'ec2:DescribeSubnets',
    'ec2:DescribeVpcs',
  ],
} as const;

/** Reason for allowing any interface. */
export const ANY_INTERFACE =
  'the service creates network interfaces under the role, with ids that are not known before; only the service can make the calls, since nothing in the network reaches EC2';
