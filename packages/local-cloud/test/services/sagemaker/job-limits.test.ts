import { checkProcessingLimits, checkTrainingLimits } from '../../../src/services/sagemaker/limits';
import {
  asSent,
  ENUM,
  entries,
  least,
  list,
  longest,
  mapKey,
  mapValue,
  most,
  PATTERN,
  testLimits,
  testRules,
  text,
  type LimitCase,
  type RuleCase,
} from './limit-cases';
import { channel, input, processingJob, spot, trainingJob } from './requests';

const checkProcessing = (change: object) =>
  checkProcessingLimits(asSent('CreateProcessingJob', processingJob('job', 'image', change)));
const checkTraining = (change: object) =>
  checkTrainingLimits(asSent('CreateTrainingJob', trainingJob('job', 'image', change)));

const INSTANCES = { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 };
const forSeconds = (MaxRuntimeInSeconds: number) => ({ StoppingCondition: { MaxRuntimeInSeconds } });
const LAST_SECOND = 'stoppingCondition.maxRuntimeInSeconds';

describe('processing jobs', () => {
  const cluster = (change: object) => ({
    ProcessingResources: { ClusterConfig: { ...INSTANCES, ...change } },
  });
  const inputs = (count: number) => ({
    ProcessingInputs: list(count, (i) => input(`i${i}`, 's3://bucket/')),
  });
  const inputType = (type: 'S3Prefix') => ({ ProcessingInputs: [input('i', 's3://bucket/', type)] });
  const words = (ContainerArguments: string[]) => ({
    AppSpecification: { ImageUri: 'image', ContainerArguments },
  });
  const tags = (count: number) => ({ Tags: list(count, (i) => ({ Key: `k${i}`, Value: '' })) });
  const tag = (Value: string) => ({ Tags: [{ Key: 'k', Value }] });
  const WORDS = 'appSpecification.containerArguments';
  const CLUSTER = 'processingResources.clusterConfig';
  const TYPE = 'processingInputs.1.member.s3Input.s3DataType';

  const CASES: LimitCase[] = [
    ['a variable', (A) => ({ Environment: { A } }), text(256), text(257), 'environment', mapValue(256)],
    ['a name', (n) => ({ Environment: { [n]: '' } }), text(256), text(257), 'environment', mapKey(256)],
    ['letters', (n) => ({ Environment: { [n]: '' } }), '_A1', '1A', 'environment', '[a-zA-Z_][a-zA-Z0-9_]*'],
    ['variables', (n) => ({ Environment: entries(n) }), 100, 101, 'environment', longest(100)],
    ['inputs', inputs, 10, 11, 'processingInputs', longest(10)],
    ['type of an input', inputType, 'ManifestFile', 'Table', TYPE, `${ENUM}ManifestFile, S3Prefix]`],
    ['arguments', (n) => words(list(n, String)), 100, 101, WORDS, longest(100)],
    ['an argument', (word) => words(['a', word]), text(256), text(257), `${WORDS}.2.member`, longest(256)],
    ['time', forSeconds, 777_600, 777_601, LAST_SECOND, most(777_600)],
    ['no time', forSeconds, 1, 0, LAST_SECOND, least(1)],
    [
      'type',
      (t) => cluster({ InstanceType: t }),
      'ml.t3.medium',
      't3.medium',
      `${CLUSTER}.instanceType`,
      ENUM,
    ],
    ['instances', (n) => cluster({ InstanceCount: n }), 100, 101, `${CLUSTER}.instanceCount`, most(100)],
    ['GB', (n) => cluster({ VolumeSizeInGB: n }), 16_384, 16_385, `${CLUSTER}.volumeSizeInGB`, most(16_384)],
    ['tags', tags, 50, 51, 'tags', longest(50)],
    ['a tag', tag, text(256), text(257), 'tags.1.member.value', longest(256)],
  ];
  testLimits(checkProcessing, CASES);
  testRules(checkProcessing, [
    [
      'no volume key for an instance with local disks',
      cluster({ VolumeKmsKeyId: 'key' }),
      cluster({ VolumeKmsKeyId: 'key', InstanceType: 'ml.g4dn.xlarge' }),
      'VolumeKmsKeyId is not supported for the instance type ml.g4dn.xlarge',
    ],
  ]);
});

describe('training jobs', () => {
  const resources = (change: object) => ({ ResourceConfig: { ...INSTANCES, ...change } });
  const instance = (InstanceType: string) => resources({ InstanceType });
  const channels = (...names: string[]) => ({
    InputDataConfig: names.map((name) => channel(name, 's3://bucket/data/')),
  });
  const metrics = (definitions: object[]) => ({
    AlgorithmSpecification: {
      TrainingImage: 'image',
      TrainingInputMode: 'File',
      MetricDefinitions: definitions,
    },
  });
  const metric = (Name: string, Regex: string) => metrics([{ Name, Regex }]);
  const manyMetrics = (count: number) => metrics(list(count, (i) => ({ Name: `m${i}`, Regex: 'x' })));
  const wait = (MaxWaitTimeInSeconds: number) => ({
    ...spot,
    StoppingCondition: { MaxRuntimeInSeconds: 1, MaxWaitTimeInSeconds },
  });
  const attempts = (MaximumRetryAttempts: number) => ({ RetryStrategy: { MaximumRetryAttempts } });
  const HYPER = 'hyperParameters';
  const DATA = 'inputDataConfig';
  const CHANNEL = `${DATA}.2.member.channelName`;
  const METRICS = 'algorithmSpecification.metricDefinitions';
  const RETRY = 'retryStrategy.maximumRetryAttempts';

  const CASES: LimitCase[] = [
    ['hyperparameters', (n) => ({ HyperParameters: entries(n) }), 100, 101, HYPER, longest(100)],
    ['a value', (a) => ({ HyperParameters: { a } }), text(2_500), text(2_501), HYPER, mapValue(2_500)],
    ['a name', (n) => ({ HyperParameters: { [n]: '' } }), text(256), text(257), HYPER, mapKey(256)],
    ['a variable', (A) => ({ Environment: { A } }), text(512), text(513), 'environment', mapValue(512)],
    ['channels', (n) => channels(...list(n, (i) => `c${i}`)), 20, 21, DATA, longest(20)],
    ['no channel', (names) => channels(...names), ['a'], [], DATA, 'greater than or equal to 1'],
    ['a channel', (name) => channels('a', name), text(64), text(65), CHANNEL, longest(64)],
    ['letters', (name) => channels('a', name), 'a.b-c_1', 'a/b', CHANNEL, PATTERN],
    ['metrics', manyMetrics, 40, 41, METRICS, longest(40)],
    ['a regex', (r) => metric('m', r), text(500), text(501), `${METRICS}.1.member.regex`, longest(500)],
    ['a metric', (n) => metric(n, 'x'), text(255), text(256), `${METRICS}.1.member.name`, longest(255)],
    ['time', forSeconds, 2_419_200, 2_419_201, LAST_SECOND, most(2_419_200)],
    ['waiting for Spot', wait, 1, 0, 'stoppingCondition.maxWaitTimeInSeconds', least(1)],
    ['type', instance, 'ml.m5.large', 'm5.large', 'resourceConfig.instanceType', ENUM],
    ['a type for hosting', instance, 'ml.c5.xlarge', 'ml.t2.medium', 'resourceConfig.instanceType', ENUM],
    ['attempts', attempts, 30, 31, RETRY, most(30)],
    ['no attempt', attempts, 1, 0, RETRY, least(1)],
  ];
  testLimits(checkTraining, CASES);

  const RULES: RuleCase[] = [
    ['names of channels', channels('a', 'b'), channels('a', 'a'), "must be unique: 'a' is not."],
    ['regular expressions', metric('m', '(.*)'), metric('m', '('), "The regex '(' of metric definition 'm'"],
    [
      'no volume key for an instance with local disks',
      instance('ml.g5.xlarge'),
      resources({ InstanceType: 'ml.g5.xlarge', VolumeKmsKeyId: 'key' }),
      'VolumeKmsKeyId is not supported for the instance type ml.g5.xlarge',
    ],
  ];
  testRules(checkTraining, RULES);

  test('all violations are reported at once', () => {
    expect(() => checkTraining({ HyperParameters: { a: text(2_501) }, ...forSeconds(0) })).toThrow(
      new RegExp(`^2 validation errors detected: .*at '${HYPER}'.*; Value '0' at '${LAST_SECOND}'`),
    );
  });
});
