import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type {
  CreateEndpointConfigCommandInput,
  CreateModelCommandInput,
  ProductionVariantInstanceType,
} from '@aws-sdk/client-sagemaker';
import type { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../config';
import { hasLocalDisks } from '../config/instance-types';
import { layout } from '../contract/layout';
import { runTags } from '../contract/tags';
import type { DataStore } from '../storage/data-store';
import { CALL_TIMEOUT } from './endpoint-tasks';
import { jsonata } from './jsonata';
import type { JobRole } from './job-role';
import { grantForVolumes, onSageMaker, passToSageMaker } from './permissions';
import { startRetry } from './retry';
import { ServiceTask } from './service-task';

/** The model: image by digest, artifact, and the version that it answers with. */
export function createModel(
  scope: Construct,
  { config, modelRole }: { config: PipelineConfig; modelRole: JobRole },
): sfn.TaskStateBase {
  const task = new ServiceTask<CreateModelCommandInput>(scope, 'CreateModel', {
    stateName: 'Create model',
    action: 'sagemaker:createModel',
    arguments: {
      ModelName: jsonata('$plan.names.model'),
      PrimaryContainer: {
        Image: jsonata('$inferenceImage'),
        ModelDataUrl: jsonata('$training.modelDataUrl'),
        Environment: { MODEL_VERSION: jsonata('$plan.runId') },
      },
      ExecutionRoleArn: modelRole.role.roleArn,
      EnableNetworkIsolation: true,
      Tags: runTags(config.environment, config.name, jsonata('$plan.runId')),
    },
    timeout: CALL_TIMEOUT,
    policies: [
      onSageMaker(scope, resourcePrefix(config), ['model'], ['CreateModel', 'AddTags']),
      passToSageMaker(modelRole.role),
    ],
    // What the rest of the phase and its undoing go by.
    assign: { polls: 0, configBefore: null },
    outputs: {},
  });
  task.addRetry(startRetry);
  return task;
}

/** Production variants, data capture and encryption. Every update needs a configuration of a new name. */
export function createEndpointConfig(
  scope: Construct,
  { config, store }: { config: PipelineConfig; store: DataStore },
): sfn.TaskStateBase {
  const { variants, dataCapturePercent } = config.endpoint;
  const task = new ServiceTask<CreateEndpointConfigCommandInput>(scope, 'CreateEndpointConfig', {
    stateName: 'Create endpoint configuration',
    action: 'sagemaker:createEndpointConfig',
    arguments: {
      EndpointConfigName: jsonata('$plan.names.endpointConfig'),
      ProductionVariants: variants.map(({ name, instanceType, instanceCount, weight }) => ({
        VariantName: name,
        ModelName: jsonata('$plan.names.model'),
        InstanceType: instanceType as ProductionVariantInstanceType,
        InitialInstanceCount: instanceCount,
        InitialVariantWeight: weight,
      })),
      ...(dataCapturePercent > 0 ? { DataCaptureConfig: dataCapture(dataCapturePercent, store) } : {}),
      // One key for the configuration: SageMaker refuses it as soon as one variant has local disks.
      ...(variants.some(({ instanceType }) => hasLocalDisks(instanceType))
        ? {}
        : { KmsKeyId: store.key.keyArn }),
      Tags: runTags(config.environment, config.name, jsonata('$plan.runId')),
    },
    timeout: CALL_TIMEOUT,
    policies: [
      grantForVolumes(store.key),
      onSageMaker(scope, resourcePrefix(config), ['endpoint-config'], ['CreateEndpointConfig', 'AddTags']),
    ],
    outputs: {},
  });
  task.addRetry(startRetry);
  return task;
}

function dataCapture(percent: number, store: DataStore) {
  return {
    EnableCapture: true,
    InitialSamplingPercentage: percent,
    DestinationS3Uri: `s3://${store.artifacts.bucketName}/${layout.capture}`,
    KmsKeyId: store.key.keyArn,
    CaptureOptions: [{ CaptureMode: 'Input' as const }, { CaptureMode: 'Output' as const }],
    CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] },
  };
}
