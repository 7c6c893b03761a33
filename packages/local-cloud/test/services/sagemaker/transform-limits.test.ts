import type { CreateTransformJobRequest } from '@aws-sdk/client-sagemaker';
import { checkTransformLimits } from '../../../src/services/sagemaker/transform-limits';
import {
  asSent,
  ENUM,
  entries,
  least,
  longest,
  mapKey,
  mapValue,
  most,
  PATTERN,
  testLimits,
  testRules,
  text,
} from './limit-cases';

const SOURCE = { S3DataType: 'S3Prefix', S3Uri: 's3://bucket/in/' };
const check = (change: object) =>
  checkTransformLimits(
    asSent('CreateTransformJob', {
      ...{ TransformJobName: 'job', ModelName: 'model' },
      TransformInput: { DataSource: { S3DataSource: SOURCE } },
      TransformOutput: { S3OutputPath: 's3://bucket/out' },
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
      ...change,
    } as CreateTransformJobRequest),
  );

const input = (change: object) => ({
  TransformInput: { DataSource: { S3DataSource: SOURCE }, ...change },
});
const source = (change: object) => input({ DataSource: { S3DataSource: { ...SOURCE, ...change } } });
const output = (change: object) => ({ TransformOutput: { S3OutputPath: 's3://bucket/out', ...change } });
const resources = (change: object) => ({
  TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1, ...change },
});
const calls = (change: object) => ({ ModelClientConfig: change });
const TIME = 'modelClientConfig.invocationsTimeoutInSeconds';
const URI = 'transformInput.dataSource.s3DataSource.s3Uri';

testLimits(check, [
  ['a name', (n) => ({ TransformJobName: n }), text(63), text(64), 'transformJobName', longest(63)],
  ['letters', (n) => ({ TransformJobName: n }), 'a-b', 'a_b', 'transformJobName', PATTERN],
  ['a model', (n) => ({ ModelName: n }), 'a-b', 'a_b', 'modelName', PATTERN],
  ['MB', (n) => ({ MaxPayloadInMB: n }), 100, 101, 'maxPayloadInMB', most(100)],
  ['strategy', (s) => ({ BatchStrategy: s }), 'MultiRecord', 'All', 'batchStrategy', ENUM],
  ['variables', (n) => ({ Environment: entries(n) }), 16, 17, 'environment', longest(16)],
  ['a name', (n) => ({ Environment: { [n]: '' } }), text(1_024), text(1_025), 'environment', mapKey(1_024)],
  [
    'a value',
    (v) => ({ Environment: { A: v } }),
    text(10_240),
    text(10_241),
    'environment',
    mapValue(10_240),
  ],
  ['longest answer', (n) => calls({ InvocationsTimeoutInSeconds: n }), 3_600, 3_601, TIME, most(3_600)],
  ['shortest answer', (n) => calls({ InvocationsTimeoutInSeconds: n }), 1, 0, TIME, least(1)],
  [
    'retries',
    (n) => calls({ InvocationsMaxRetries: n }),
    3,
    4,
    'modelClientConfig.invocationsMaxRetries',
    most(3),
  ],
  ['data', (S3Uri) => source({ S3Uri }), 's3://bucket', '/data', URI, PATTERN],
  ['split', (SplitType) => input({ SplitType }), 'Line', 'Word', 'transformInput.splitType', ENUM],
  [
    'results',
    (S3OutputPath) => output({ S3OutputPath }),
    's3://b/o',
    'o',
    'transformOutput.s3OutputPath',
    'https|s3',
  ],
  [
    'assembly',
    (AssembleWith) => output({ AssembleWith }),
    'Line',
    'Tar',
    'transformOutput.assembleWith',
    ENUM,
  ],
  [
    'type',
    (InstanceType) => resources({ InstanceType }),
    'ml.m4.xlarge',
    'm4.xlarge',
    'transformResources.instanceType',
    ENUM,
  ],
  [
    'instances',
    (InstanceCount) => resources({ InstanceCount }),
    1,
    0,
    'transformResources.instanceCount',
    least(1),
  ],
]);

testRules(check, [
  [
    'concurrent payloads',
    { MaxConcurrentTransforms: 10, MaxPayloadInMB: 10 },
    { MaxConcurrentTransforms: 11, MaxPayloadInMB: 10 },
    'MaxConcurrentTransforms (11) * MaxPayloadInMB (10) must not exceed 100 MB; it is 110.',
  ],
  [
    'concurrent payloads with defaults',
    { MaxConcurrentTransforms: 16 },
    { MaxConcurrentTransforms: 17 },
    'it is 102.',
  ],
  [
    'no volume key for an instance with local disks',
    resources({ VolumeKmsKeyId: 'key' }),
    resources({ VolumeKmsKeyId: 'key', InstanceType: 'ml.g4dn.xlarge' }),
    'VolumeKmsKeyId is not supported for the instance type ml.g4dn.xlarge',
  ],
]);

test.each<[string, object]>([
  ['DataProcessing', { DataProcessing: { JoinSource: 'Input' } }],
  ['DataCaptureConfig', { DataCaptureConfig: { DestinationS3Uri: 's3://bucket/capture' } }],
  ['ExperimentConfig', { ExperimentConfig: { TrialName: 'trial' } }],
  ['several instances', resources({ InstanceCount: 2 })],
  ['TransformAmiVersion', resources({ TransformAmiVersion: 'al2' })],
  ['CompressionType Gzip', input({ CompressionType: 'Gzip' })],
  ['SplitType RecordIO', input({ SplitType: 'RecordIO' })],
  ['MaxPayloadInMB 0', { MaxPayloadInMB: 0 }],
])('unsupported: %s', (name, change) => {
  expect(() => check(change)).toThrow(expect.objectContaining({ name: 'NotImplemented' }));
  expect(() => check(change)).toThrow(name);
});
