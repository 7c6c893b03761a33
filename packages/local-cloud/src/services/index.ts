import type { AnyServiceDefinition } from '../core/service-registry';
import type { ResourceTypes } from '../core/resource-type';
import type { ResourceProvider } from '../core/service';
import { serviceModel, type FindModel } from '../model/service-model';
import { apigateway } from './apigateway';
import { applicationAutoScaling } from './applicationautoscaling';
import { cloudformation } from './cloudformation';
import { cloudwatch } from './cloudwatch';
import { codebuild } from './codebuild';
import { ec2 } from './ec2';
import { ecr } from './ecr';
import { eventbridge } from './eventbridge';
import { fsx } from './fsx';
import { iam } from './iam';
import { kms } from './kms';
import { lambda } from './lambda';
import { logs } from './logs';
import { s3 } from './s3';
import { sagemaker } from './sagemaker';
import { sagemakerRuntime } from './sagemaker-runtime';
import { scheduler } from './scheduler';
import { serviceQuotas } from './servicequotas';
import { sns } from './sns';
import { sqs } from './sqs';
import { ssm } from './ssm';
import { stepfunctions } from './stepfunctions';
import { sts } from './sts';

/** Every service of the local cloud, in start order. They stop in reverse order. */
export const SERVICES: readonly (AnyServiceDefinition | ResourceProvider)[] = [
  apigateway,
  applicationAutoScaling,
  cloudwatch,
  codebuild,
  ec2,
  ecr,
  eventbridge,
  fsx,
  iam,
  kms,
  lambda,
  logs,
  s3,
  sagemaker,
  sagemakerRuntime,
  serviceQuotas,
  sns,
  sqs,
  ssm,
  stepfunctions,
  sts,
  // Started last: its schedules may call the others at once, for times that passed while the cloud was closed.
  scheduler,
  // Started last, because its stacks' resources belong to the other services.
  cloudformation,
];

/** Every resource type of the local cloud. */
export const RESOURCE_TYPES: ResourceTypes = Object.fromEntries(
  SERVICES.flatMap(({ resourceTypes = {} }) => Object.entries(resourceTypes)),
);

/** Returns the model of a service of the local cloud. */
export const findModel: FindModel = (id) => {
  const found = SERVICES.find((service) => 'id' in service && service.id === id);
  return found && 'facts' in found ? serviceModel(found) : undefined;
};
