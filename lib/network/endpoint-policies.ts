import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { resourcePrefix, type PipelineConfig } from '../config';
import type { ContainerImage } from '../run/build/container-image';
import type { TeamTopic } from '../platform/team-topic';
import type { DataStore } from '../platform/data-store';
import type { TriggerFunction } from '../operations/trigger-function';
import { endpointArn, type EndpointTarget } from '../run/deploy/endpoint-tasks';
import { executionsArn, sageMakerArn } from '../states/permissions';
import type { PrivateNetwork } from '../platform/private-network';

export interface AppResources {
  readonly config: PipelineConfig;
  readonly store: DataStore;
  readonly team: TeamTopic;
  readonly inferenceImage: ContainerImage;
  readonly endpoint: EndpointTarget;
  readonly hyperparameterPath: string;
  readonly stateMachine: IStateMachine & { readonly stateMachineName: string };
  /** Only with approval by people. */
  readonly approval: { readonly topicArn: string; readonly keyArn: string } | undefined;
  /** The function that starts and stops the endpoint: only with working hours. */
  readonly workingHours: { readonly scale: IFunction | undefined } | undefined;
  /** Only with automatic triggers. */
  readonly trigger: TriggerFunction | undefined;
}

/**
 * Limits the interface endpoints to calls of this app on its own resources: another account's bucket is out of reach.
 */
export function limitEndpoints(network: PrivateNetwork, app: AppResources): void {
  const { config, store, team, endpoint, stateMachine, trigger, approval } = app;
  const stack = Stack.of(network);
  const prefix = resourcePrefix(config);
  const buckets = [store.data, store.artifacts];
  network.allow(
    's3',
    ['s3:ListBucket', 's3:ListBucketVersions'],
    buckets.map(({ bucketArn }) => bucketArn),
  );
  network.allow(
    's3',
    ['s3:AbortMultipartUpload', 's3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
    buckets.map((bucket) => bucket.arnForObjects('*')),
  );
  network.allow('sns', ['sns:Publish'], [team.topic.topicArn]);
  network.allow(
    'ssm',
    ['ssm:GetParametersByPath'],
    [
      stack.formatArn({
        service: 'ssm',
        resource: 'parameter',
        resourceName: app.hyperparameterPath.slice(1),
      }),
    ],
  );
  network.allow('sagemaker', ['sagemaker:DeleteModel'], [sageMakerArn(network, prefix, 'model')]);
  network.allow(
    'sagemaker',
    ['sagemaker:DeleteEndpointConfig', 'sagemaker:DescribeEndpointConfig'],
    [sageMakerArn(network, prefix, 'endpoint-config')],
  );
  network.allow('sagemaker', ['sagemaker:DescribeEndpoint'], [endpointArn(network, endpoint)]);
  network.allow(
    'sagemakerRuntime',
    ['sagemaker:InvokeEndpoint', 'sagemaker:InvokeEndpointAsync'],
    [endpointArn(network, endpoint)],
  );
  network.allow('ecr', ['ecr:BatchDeleteImage'], [app.inferenceImage.repository.repositoryArn]);
  network.allow(
    'states',
    ['states:DescribeExecution', 'states:GetExecutionHistory'],
    [executionsArn(stateMachine)],
  );
  network.allow('states', ['states:ListExecutions', 'states:StartExecution'], [stateMachine.stateMachineArn]);
  if (trigger) {
    network.allow(
      'scheduler',
      [
        'scheduler:CreateSchedule',
        'scheduler:DeleteSchedule',
        'scheduler:GetSchedule',
        'scheduler:UpdateSchedule',
      ],
      [trigger.nextRunArn],
    );
  }
  if (approval) {
    network.allow('sns', ['sns:Publish'], [approval.topicArn]);
    network.allow('kms', ['kms:GenerateMac', 'kms:VerifyMac'], [approval.keyArn]);
    network.allow('states', ['states:SendTaskSuccess'], [stateMachine.stateMachineArn]);
  }
  if (app.workingHours) {
    network.allow(
      'sagemaker',
      ['sagemaker:AddTags', 'sagemaker:CreateEndpoint', 'sagemaker:DeleteEndpoint'],
      [endpointArn(network, endpoint)],
    );
    network.allow(
      'sagemaker',
      ['sagemaker:CreateEndpoint'],
      [sageMakerArn(network, prefix, 'endpoint-config')],
    );
    const { scale } = app.workingHours;
    if (scale) network.allow('lambda', ['lambda:InvokeFunction'], [scale.functionArn]);
  }
  limitScaling(network, stack, prefix);
}

function limitScaling(network: PrivateNetwork, stack: Stack, prefix: string): void {
  network.allow(
    'autoscaling',
    [
      'application-autoscaling:DeregisterScalableTarget',
      'application-autoscaling:PutScalingPolicy',
      'application-autoscaling:RegisterScalableTarget',
    ],
    [stack.formatArn({ service: 'application-autoscaling', resource: 'scalable-target', resourceName: '*' })],
  );
  const alarms = stack.formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: `${prefix}-*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  network.allow('cloudwatch', ['cloudwatch:PutMetricAlarm'], [alarms]);
}
