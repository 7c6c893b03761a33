import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type {
  AsyncInferenceConfig,
  CreateEndpointConfigCommandInput,
  CreateModelCommandInput,
} from '@aws-sdk/client-sagemaker';
import type { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../../config';
import type { ServingOf } from '../../config/schema';
import { RUN_ID } from '../../contract/environment';
import { layout } from '../../contract/layout';
import { ENDPOINT_BODY_BYTES } from '../../contract/payloads';
import { runTags } from '../../contract/tags';
import type { TeamTopic } from '../../platform/team-topic';
import type { DataStore } from '../../platform/data-store';
import { jsonata, type Arguments, type Expression } from '../../states/jsonata';
import type { JobRole } from '../../platform/job-role';
import { grantForVolumes, onSageMaker, passToSageMaker } from '../../states/permissions';
import { AdoptingTask } from '../../states/adopting-task';
import { CALL_TIMEOUT } from '../../states/service-task';
import { takesVolumeKey, type Variants } from '../../serving/variants';

/** A model by expressions. */
export interface ModelTask {
  readonly stateName: string;
  readonly name: string;
  readonly image: string;
  readonly modelDataUrl: string;
  /** Run that trained it. */
  readonly version: string;
}

const CANDIDATE: ModelTask = {
  stateName: 'Create model',
  name: '$plan.names.model',
  image: '$inferenceImage',
  modelDataUrl: '$training.modelDataUrl',
  version: '$plan.runId',
};

/** The champion as its record names it once it is restored. */
export const CHAMPION: ModelTask = {
  stateName: 'Create champion model',
  name: '$plan.champion.modelName',
  image: '$plan.champion.inferenceImage',
  modelDataUrl: '$plan.champion.modelDataUrl',
  version: '$plan.champion.runId',
};

/** Creates a model: image by digest, artifact, and the version that its answers name. Default: the candidate's. */
export function createModel(
  scope: Construct,
  {
    config,
    modelRole,
    of = CANDIDATE,
    assign,
  }: { config: PipelineConfig; modelRole: JobRole; of?: ModelTask; assign?: Record<string, unknown> },
): sfn.TaskStateBase {
  const bodyBytes = String(ENDPOINT_BODY_BYTES[config.endpoint.serving.kind]);
  return new AdoptingTask<CreateModelCommandInput>(scope, 'CreateModel', {
    stateName: of.stateName,
    already: 'already existing model',
    action: 'aws-sdk:sagemaker:createModel',
    arguments: {
      ModelName: jsonata(of.name),
      PrimaryContainer: {
        Image: jsonata(of.image),
        ModelDataUrl: jsonata(of.modelDataUrl),
        Environment: {
          MODEL_VERSION: jsonata(of.version),
          [RUN_ID]: jsonata(of.version),
          // For larger bodies SageMaker closes the connection, and the caller would get no reason.
          MAX_BODY_BYTES: bodyBytes,
          MAX_ANSWER_BYTES: bodyBytes,
          // Its memory, from 1 GB, holds a model per worker, and sets its share of the cores that it sees.
          ...(config.endpoint.serving.kind === 'serverless' && { WORKERS: '1' }),
        },
      },
      ExecutionRoleArn: modelRole.roleArn,
      // "Serverless Inference: feature exclusions" (Developer Guide).
      EnableNetworkIsolation: config.endpoint.serving.kind !== 'serverless',
      ...(modelRole.vpcConfig && { VpcConfig: modelRole.vpcConfig }),
      Tags: runTags(config, jsonata('$plan.runId')),
    },
    timeout: CALL_TIMEOUT,
    permissions: [
      onSageMaker(scope, resourcePrefix(config), ['model'], ['CreateModel', 'AddTags']),
      passToSageMaker(modelRole),
    ],
    assign,
    outputs: {},
  });
}

export interface EndpointConfigTask {
  readonly id: string;
  readonly stateName: string;
  readonly config: PipelineConfig;
  readonly store: DataStore;
  /** Topic for the results of asynchronous requests, where configured. */
  readonly team: TeamTopic;
  readonly name: Expression;
  readonly variants: Variants;
  /** Percentage of requests and answers that are stored. */
  readonly capturePercent: number;
  readonly assign?: Record<string, unknown>;
}

/** Creates a configuration: variants, data capture, queue and encryption. Every update needs one with a new name. */
export function createEndpointConfig(scope: Construct, props: EndpointConfigTask): sfn.TaskStateBase {
  const { id, stateName, config, store, team, name, variants, capturePercent, assign } = props;
  const { serving } = config.endpoint;
  const withKey = takesVolumeKey(config);
  return new AdoptingTask<CreateEndpointConfigCommandInput>(scope, id, {
    stateName,
    already: 'already existing endpoint configuration',
    action: 'aws-sdk:sagemaker:createEndpointConfig',
    arguments: {
      EndpointConfigName: name,
      ...variants,
      ...(capturePercent > 0 ? { DataCaptureConfig: dataCapture(capturePercent, store) } : {}),
      ...(serving.kind === 'asynchronous' ? { AsyncInferenceConfig: queue(serving, store, team) } : {}),
      ...(withKey ? { KmsKeyId: store.key.keyArn } : {}),
      Tags: runTags(config, jsonata('$plan.runId')),
    },
    timeout: CALL_TIMEOUT,
    permissions: [
      ...(withKey ? [grantForVolumes(store.key)] : []),
      onSageMaker(scope, resourcePrefix(config), ['endpoint-config'], ['CreateEndpointConfig', 'AddTags']),
    ],
    assign,
    outputs: {},
  });
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

function queue(
  { concurrentPerInstance, notify }: ServingOf<'asynchronous'>,
  store: DataStore,
  { topic }: TeamTopic,
): Arguments<AsyncInferenceConfig> {
  const at = (prefix: string) => `s3://${store.artifacts.bucketName}/${prefix}`;
  return {
    ClientConfig: { MaxConcurrentInvocationsPerInstance: concurrentPerInstance },
    OutputConfig: {
      S3OutputPath: at(layout.asyncAnswers),
      S3FailurePath: at(layout.asyncFailures),
      KmsKeyId: store.key.keyArn,
      ...(notify === 'none'
        ? {}
        : {
            NotificationConfig: {
              ErrorTopic: topic.topicArn,
              ...(notify === 'all' ? { SuccessTopic: topic.topicArn } : {}),
            },
          }),
    },
  };
}
