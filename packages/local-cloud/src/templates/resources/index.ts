import type { ResourceType } from '../resource-type';
import { restApiTypes } from '../../services/apigateway/resources/rest-apis';
import { stageTypes } from '../../services/apigateway/resources/stages';
import { usagePlanTypes } from '../../services/apigateway/resources/usage-plans';
import { alarmTypes, dashboardTypes } from '../../services/cloudwatch/resources';
import { buildTypes } from '../../services/codebuild/resources';
import { networkTypes } from '../../services/ec2/resources';
import { eventTypes } from '../../services/eventbridge/resources';
import { fileSystemTypes } from '../../services/fsx/resources';
import { functionTypes } from '../../services/lambda/resources';
import { identityTypes } from '../../services/iam/resources';
import { imageTypes } from '../../services/ecr/resources';
import { keyTypes } from '../../services/kms/resources';
import { logTypes } from '../../services/logs/resources';
import { parameterTypes } from '../../services/ssm/resources';
import { bucketTypes } from '../../services/s3/resources';
import { modelTypes } from '../../services/sagemaker/resources';
import { scheduleTypes } from '../../services/scheduler/resources';
import { stateMachineTypes } from '../../services/stepfunctions/resources';
import { topicTypes } from '../../services/sns/resources';

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
