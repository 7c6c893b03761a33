import type { CreateEndpointConfigInput } from '@aws-sdk/client-sagemaker';
import { checkEndpointConfigLimits } from '../../../src/services/sagemaker/limits';
import {
  asSent,
  ENUM,
  least,
  list,
  longest,
  mapValue,
  most,
  PATTERN,
  testLimits,
  testRules,
  text,
} from './limit-cases';
import { ROLE } from '../../jobs/job-cloud';

describe('names', () => {
  const name = (value: string) => ({ value });
  testLimits(
    (change) =>
      void asSent('CreateModel', { ExecutionRoleArn: ROLE, ModelName: (change as { value: string }).value }),
    [
      ['length', name, text(63), text(64), 'modelName', longest(63)],
      ['letters', name, 'a-B-1', 'a_b', 'modelName', PATTERN],
      ['the end', name, 'a--b', 'a-', 'modelName', PATTERN],
      ['none', name, 'a', '', 'modelName', PATTERN],
    ],
  );
});

describe('models', () => {
  const check = (container: object) =>
    void asSent('CreateModel', {
      ...{ ModelName: 'model', ExecutionRoleArn: ROLE },
      PrimaryContainer: { Image: 'image', ...container },
    });
  const variable = (A: string) => ({ Environment: { A } });
  const data = (ModelDataUrl: string) => ({ ModelDataUrl });
  const URL = 'primaryContainer.modelDataUrl';
  testLimits(check, [
    ['a variable', variable, text(1_024), text(1_025), 'primaryContainer.environment', mapValue(1_024)],
    ['data', data, 's3://bucket/model.tar.gz', '/model.tar.gz', URL, PATTERN],
  ]);
});

describe('endpoint configurations', () => {
  const check = (change: object) =>
    checkEndpointConfigLimits(
      asSent('CreateEndpointConfig', {
        EndpointConfigName: 'config',
        ...change,
      } as CreateEndpointConfigInput),
    );
  const variant = (VariantName: string, change: object = {}) => ({
    VariantName,
    ModelName: 'model',
    InstanceType: 'ml.m5.large',
    InitialInstanceCount: 1,
    ...change,
  });
  const config = (...ProductionVariants: object[]) => ({ ProductionVariants });
  const variants = (count: number) => config(...list(count, (i) => variant(`v${i}`)));
  const one = (change: object) => config(variant('one', change));
  const serverless = (MemorySizeInMB: number, MaxConcurrency: number) =>
    one({ ServerlessConfig: { MemorySizeInMB, MaxConcurrency } });
  const shadows = (count: number) => ({
    ...variants(1),
    ShadowProductionVariants: list(count, (i) => variant(`s${i}`)),
  });
  const capture = (change: object) => ({
    ...variants(1),
    DataCaptureConfig: {
      ...{ InitialSamplingPercentage: 100, DestinationS3Uri: 's3://bucket/capture' },
      CaptureOptions: [{ CaptureMode: 'Input' }],
      ...change,
    },
  });
  const asynchronous = (config: object) => ({
    ...variants(1),
    AsyncInferenceConfig: { OutputConfig: { S3OutputPath: 's3://bucket' }, ...config },
  });
  const invocations = (MaxConcurrentInvocationsPerInstance: number) =>
    asynchronous({ ClientConfig: { MaxConcurrentInvocationsPerInstance } });
  const output = (OutputConfig: object) => asynchronous({ OutputConfig });
  const topics = (NotificationConfig: object) => output({ NotificationConfig });
  const HEALTH = 'ContainerStartupHealthCheckTimeoutInSeconds';
  const AT_ONCE = 'asyncInferenceConfig.clientConfig';
  const S3 = PATTERN;
  const OUTPUT = 'asyncInferenceConfig.outputConfig';
  const TOPICS = `${OUTPUT}.notificationConfig`;
  const TOPIC = 'arn:aws:sns:us-east-1:123456789012:topic';
  const ARN = PATTERN;
  const mode = (CaptureMode: string) => capture({ CaptureOptions: [{ CaptureMode }] });
  const ALL = 'productionVariants';
  const FIRST = `${ALL}.1.member`;
  const MODE = 'dataCaptureConfig.captureOptions.1.member.captureMode';
  const SHARE = 'dataCaptureConfig.initialSamplingPercentage';
  const SERVERLESS = `${FIRST}.serverlessConfig`;

  testLimits(check, [
    ['variants', variants, 10, 11, ALL, longest(10)],
    ['no variant', variants, 1, 0, ALL, 'greater than or equal to 1'],
    ['name', (n) => config(variant(n)), 'a-b', 'a_b', `${FIRST}.variantName`, PATTERN],
    ['length', (n) => config(variant(n)), text(63), text(64), `${FIRST}.variantName`, longest(63)],
    ['type', (t) => one({ InstanceType: t }), 'ml.t2.medium', 'ml.t3.medium', `${FIRST}.instanceType`, ENUM],
    ['instances', (n) => one({ InitialInstanceCount: n }), 1, 0, `${FIRST}.initialInstanceCount`, least(1)],
    ['weight', (n) => one({ InitialVariantWeight: n }), 0, -1, `${FIRST}.initialVariantWeight`, least(0)],
    ['most memory', (n) => serverless(n, 1), 6_144, 6_145, `${SERVERLESS}.memorySizeInMB`, most(6_144)],
    ['least memory', (n) => serverless(n, 1), 1_024, 1_023, `${SERVERLESS}.memorySizeInMB`, least(1_024)],
    ['concurrent requests', (n) => serverless(1_024, n), 200, 201, `${SERVERLESS}.maxConcurrency`, most(200)],
    ['shadows', shadows, 1, 2, 'shadowProductionVariants', longest(1)],
    ['share', (n) => capture({ InitialSamplingPercentage: n }), 100, 101, SHARE, most(100)],
    ['start', (n) => one({ [HEALTH]: n }), 3_600, 3_601, `${FIRST}.c${HEALTH.slice(1)}`, most(3_600)],
    ['volume', (n) => one({ VolumeSizeInGB: n }), 512, 513, `${FIRST}.volumeSizeInGB`, most(512)],
    ['at once', invocations, 1_000, 1_001, `${AT_ONCE}.maxConcurrentInvocationsPerInstance`, most(1_000)],
    ['output', (S3OutputPath) => output({ S3OutputPath }), 's3://b/o', '/o', `${OUTPUT}.s3OutputPath`, S3],
    ['failures', (S3FailurePath) => output({ S3FailurePath }), 's3://b', 'b', `${OUTPUT}.s3FailurePath`, S3],
    ['success', (SuccessTopic) => topics({ SuccessTopic }), TOPIC, 'topic', `${TOPICS}.successTopic`, ARN],
    ['error', (ErrorTopic) => topics({ ErrorTopic }), TOPIC, 'topic', `${TOPICS}.errorTopic`, ARN],
    ['capture', mode, 'Output', 'Both', MODE, `${ENUM}Input, Output, InputAndOutput]`],
  ]);
  testRules(check, [
    ['names', config(variant('a'), variant('b')), config(variant('a'), variant('a')), "unique: 'a' is not."],
    [
      'exactly one variant with a shadow',
      shadows(1),
      { ...shadows(1), ...variants(2) },
      'exactly one production variant; this configuration has 2',
    ],
    [
      'no key if one variant has local disks',
      { ...variants(2), KmsKeyId: 'key' },
      { ...config(variant('a'), variant('b', { InstanceType: 'ml.m5d.large' })), KmsKeyId: 'key' },
      'KmsKeyId is not supported for the instance type ml.m5d.large',
    ],
  ]);
});

describe('deployments', () => {
  const blueGreen = (policy: object) => ({ BlueGreenUpdatePolicy: policy });
  const lasting = (MaximumExecutionTimeoutInSeconds: number) =>
    blueGreen({
      TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 },
      MaximumExecutionTimeoutInSeconds,
    });
  const rolling = (MaximumExecutionTimeoutInSeconds: number) => ({
    RollingUpdatePolicy: {
      ...{ MaximumBatchSize: { Type: 'INSTANCE_COUNT', Value: 1 }, WaitIntervalInSeconds: 0 },
      MaximumExecutionTimeoutInSeconds,
    },
  });
  const alarms = (count: number) => ({
    AutoRollbackConfiguration: { Alarms: list(count, (i) => ({ AlarmName: `a${i}` })) },
  });
  const traffic = (Type: string) =>
    blueGreen({ TrafficRoutingConfiguration: { Type, WaitIntervalInSeconds: 0 } });
  const sized = (size: object) => ({
    RollingUpdatePolicy: { MaximumBatchSize: size, WaitIntervalInSeconds: 0 },
  });
  const batch = (Type: string) => sized({ Type, Value: 1 });
  const size = (Value: number) => sized({ Type: 'INSTANCE_COUNT', Value });
  const wait = (WaitIntervalInSeconds: number) => ({
    RollingUpdatePolicy: { MaximumBatchSize: { Type: 'INSTANCE_COUNT', Value: 1 }, WaitIntervalInSeconds },
  });
  const BATCH = 'deploymentConfig.rollingUpdatePolicy';
  const AT = 'deploymentConfig.blueGreenUpdatePolicy';
  const TIMEOUT = 'maximumExecutionTimeoutInSeconds';
  const TRAFFIC = `${AT}.trafficRoutingConfiguration.type`;

  testLimits(
    (DeploymentConfig) =>
      void asSent('UpdateEndpoint', {
        ...{ EndpointName: 'endpoint', EndpointConfigName: 'config' },
        DeploymentConfig,
      }),
    [
      ['alarms', alarms, 10, 11, 'deploymentConfig.autoRollbackConfiguration.alarms', longest(10)],
      ['shortest', lasting, 600, 599, `${AT}.${TIMEOUT}`, least(600)],
      ['longest', lasting, 28_800, 28_801, `${AT}.${TIMEOUT}`, most(28_800)],
      ['shortest rolling', rolling, 600, 599, `deploymentConfig.rollingUpdatePolicy.${TIMEOUT}`, least(600)],
      ['batch', batch, 'CAPACITY_PERCENT', 'PERCENT', `${BATCH}.maximumBatchSize.type`, ENUM],
      ['smallest batch', size, 1, 0, `${BATCH}.maximumBatchSize.value`, least(1)],
      ['longest wait', wait, 3_600, 3_601, `${BATCH}.waitIntervalInSeconds`, most(3_600)],
      ['traffic', traffic, 'CANARY', 'BLUE', TRAFFIC, `${ENUM}ALL_AT_ONCE, CANARY, LINEAR]`],
    ],
  );
});
