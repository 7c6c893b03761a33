import type { ResourceType } from '../resource-type';
import { restApiTypes } from './api-gateway';
import { stageTypes } from './api-gateway-stages';
import { usagePlanTypes } from './api-gateway-usage-plans';
import { alarmTypes, dashboardTypes } from './cloudwatch';
import { buildTypes } from './codebuild';
import { networkTypes } from './ec2';
import { eventTypes } from './events';
import { fileSystemTypes } from './fsx';
import { functionTypes } from './lambda';
import { identityTypes } from './iam';
import { imageTypes } from './ecr';
import { keyTypes } from './kms';
import { logTypes } from './logs';
import { parameterTypes } from './ssm';
import { bucketTypes } from './s3';
import { modelTypes } from './sagemaker';
import { scheduleTypes } from './scheduler';
import { stateMachineTypes } from './stepfunctions';
import { topicTypes } from './sns';

/** Every resource type that the local cloud can create. */
export const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  ...keyTypes,
  ...bucketTypes,
  ...imageTypes,
  ...networkTypes,
  ...fileSystemTypes,
  ...topicTypes,
  ...identityTypes,
  ...functionTypes,
  ...logTypes,
  ...parameterTypes,
  ...eventTypes,
  ...scheduleTypes,
  ...buildTypes,
  ...alarmTypes,
  ...dashboardTypes,
  ...modelTypes,
  ...stateMachineTypes,
  ...restApiTypes,
  ...stageTypes,
  ...usagePlanTypes,
  'AWS::CDK::Metadata': {
    properties: ['Analytics'],
    create: async ({}, { logicalId }) => ({ physicalId: logicalId }),
    update: async ({}, { logicalId }) => ({ physicalId: logicalId }),
    delete: async () => undefined,
  },
};
