import type { PipelineConfig } from '../../lib/config';
import type { JsonObject } from '../../local/states';
import { argumentsOf, CHAMPION, failWith, SERVING, type Answer } from './support/dry-run';
import { expectEnding, payload, type Ending } from './support/endings';
import { allStates, definitionOf } from './support/state-machine';
import { synthesise } from './support/synthesis';
import { abTest, asynchronous, batch, canary, scaled, serverless, shadow } from './support/variants';

const replacing = { champion: CHAMPION, endpoint: SERVING };
const REMOVED = ['Delete candidate configuration', 'Delete candidate model', 'Deployment failed'];
const wrongAnswer = failWith('SmokeTestFailed', 'variant challenger: golden request 0');
const alarmIs =
  (StateValue: string): Answer =>
  () => ({ MetricAlarms: [{ AlarmName: 'mlops-dev-primary-errors', StateValue, StateReason: 'why' }] });

/** The ways of a run that only some strategies or kinds of serving have. */
const ENDINGS: Record<string, Ending & { readonly config: PipelineConfig }> = {
  'A/B: the first model has no champion beside it': {
    config: abTest,
    status: 'SUCCEEDED',
    through: ['Create endpoint', 'Tested against champion?', 'Record champion', 'Report run'],
    never: ['Create test configuration', 'Record challenger'],
    serves: 'candidate',
  },
  'A/B: a challenger stands beside the champion': {
    ...replacing,
    config: abTest,
    status: 'SUCCEEDED',
    through: [
      'Create test configuration',
      'Update endpoint',
      'Smoke test',
      'Record challenger',
      'Retire old models',
      'Report run',
    ],
    never: ['Record champion', 'Undo deployment'],
    serves: 'test',
  },
  'A/B: a challenger that answers wrongly': {
    ...replacing,
    config: abTest,
    answers: { 'Smoke test': wrongAnswer },
    status: 'FAILED',
    error: 'SmokeTestFailed',
    through: ['Undo deployment', 'Restore champion', 'Delete test configuration', ...REMOVED],
    never: ['Record challenger', 'Report run'],
    serves: 'champion',
  },
  'shadow: observed and compared': {
    ...replacing,
    config: shadow,
    status: 'SUCCEEDED',
    through: [
      'Create test configuration',
      'Record challenger',
      'Observe shadow',
      'Compare answers',
      'Report run',
    ],
    never: ['Record champion', 'Note missing comparison'],
    serves: 'test',
  },
  'shadow: what cannot be compared ends no test': {
    ...replacing,
    config: shadow,
    answers: { 'Compare answers': failWith('Error', 'no such object') },
    status: 'SUCCEEDED',
    through: ['Compare answers', 'Note missing comparison', 'Report run'],
    never: ['Undo deployment'],
    serves: 'test',
  },
  'scaling: prepared before, set up after': {
    ...replacing,
    config: scaled,
    status: 'SUCCEEDED',
    through: ['Prepare scaling', 'Update endpoint', 'Smoke test', 'Set up scaling', 'Record champion'],
    never: ['Undo deployment'],
    serves: 'candidate',
  },
  'scaling: a champion that comes back is scaled again': {
    ...replacing,
    config: scaled,
    answers: { 'Smoke test': wrongAnswer },
    status: 'FAILED',
    error: 'SmokeTestFailed',
    through: ['Prepare scaling of champion', 'Restore champion', 'Set up scaling of champion', ...REMOVED],
    never: ['Set up scaling'],
    serves: 'champion',
  },
  'guardrails: every alarm is quiet': {
    ...replacing,
    config: canary,
    answers: { 'Check alarms': alarmIs('OK') },
    status: 'SUCCEEDED',
    through: ['Check alarms', 'Alarms ready?', 'Update endpoint', 'Record champion'],
    never: ['Note unready alarms'],
    serves: 'candidate',
  },
  'guardrails: an alarm has no data': {
    ...replacing,
    config: canary,
    answers: { 'Check alarms': alarmIs('INSUFFICIENT_DATA') },
    status: 'FAILED',
    error: 'DeploymentFailed',
    through: ['Check alarms', 'Wait for alarms', 'Note unready alarms', 'Undo deployment', ...REMOVED],
    never: ['Update endpoint'],
    serves: 'champion',
  },
  'guardrails: an alarm is raised already': {
    ...replacing,
    config: canary,
    answers: { 'Check alarms': alarmIs('ALARM') },
    status: 'FAILED',
    error: 'DeploymentFailed',
    through: ['Note unready alarms', 'Undo deployment', ...REMOVED],
    never: ['Update endpoint', 'Wait for alarms'],
    serves: 'champion',
  },
  'batch: everything is scored before the model is the champion': {
    config: batch,
    champion: CHAMPION,
    status: 'SUCCEEDED',
    through: [
      'Claim deployment',
      'Create model',
      'List inputs',
      'Score inputs',
      'Record champion',
      'Report run',
    ],
    never: ['Create endpoint configuration', 'Create endpoint', 'Delete candidate model'],
    serves: null,
  },
  'batch: nothing to score yet': {
    config: batch,
    answers: { 'List inputs': () => payload({ objects: 0, manifest: 's3://a/b' }) },
    status: 'SUCCEEDED',
    through: ['Anything to score?', 'Record champion', 'Report run'],
    never: ['Score inputs'],
    serves: null,
  },
  'batch: inputs that cannot be scored': {
    config: batch,
    champion: CHAMPION,
    answers: { 'Score inputs': failWith('States.TaskFailed', '{"FailureReason":"AlgorithmError"}') },
    status: 'FAILED',
    error: 'States.TaskFailed',
    through: ['Score inputs', 'Delete candidate model', 'Scoring failed'],
    never: ['Record champion'],
    serves: null,
  },
  'batch: new inputs and the same model': {
    config: batch,
    champion: CHAMPION,
    answers: {
      'Plan run': (_, { plan }) => payload({ ...plan, changed: false, reason: 'all as it was' }),
      'List new inputs': () => payload({ objects: 1, manifest: 's3://a/b' }),
    },
    status: 'SUCCEEDED',
    through: ['Anything changed?', 'List new inputs', 'Score new inputs', 'Nothing to do'],
    never: ['Build images and train'],
    serves: null,
  },
  'batch: nothing new at all': {
    config: batch,
    champion: CHAMPION,
    answers: { 'Plan run': (_, { plan }) => payload({ ...plan, changed: false, reason: 'all as it was' }) },
    status: 'SUCCEEDED',
    through: ['List new inputs', 'Any new inputs?', 'Nothing to do'],
    never: ['Score new inputs'],
    serves: null,
  },
  'two runs deploy at once': {
    ...replacing,
    config: canary,
    answers: { 'Claim deployment': failWith('DeploymentInProgress', 'run run-7 is deploying') },
    status: 'FAILED',
    error: 'DeploymentInProgress',
    through: ['Register model', 'Claim deployment'],
    never: ['Create model', 'Undo deployment'],
    serves: 'champion',
  },
};

test.each(Object.entries(ENDINGS))('%s', async (_, { config, ...ending }) => {
  await expectEnding(config, ending);
});

const configOf = async (config: PipelineConfig, state: string) =>
  argumentsOf<JsonObject>(await expectEnding(config, { ...replacing, ...anyEnding(config) }), state);
const anyEnding = (config: PipelineConfig): Ending => ({
  status: 'SUCCEEDED',
  through: [],
  never: [],
  serves: config === abTest || config === shadow ? 'test' : 'candidate',
});

test('an A/B test weighs champion and challenger, and captures as configured', async () => {
  expect(await configOf(abTest, 'Create test configuration')).toMatchObject({
    EndpointConfigName: 'mlops-dev-run-1-test-config',
    ProductionVariants: [
      { VariantName: 'primary', ModelName: CHAMPION.modelName, InitialVariantWeight: 80 },
      { VariantName: 'challenger', ModelName: 'mlops-dev-run-1-model', InitialVariantWeight: 20 },
    ],
    DataCaptureConfig: { InitialSamplingPercentage: 10 },
  });
});

// What is not captured of both cannot be compared.
test('a shadow has one production variant beside it, and all is captured', async () => {
  expect(await configOf(shadow, 'Create test configuration')).toMatchObject({
    ProductionVariants: [{ VariantName: 'primary', ModelName: CHAMPION.modelName }],
    ShadowProductionVariants: [{ VariantName: 'challenger', ModelName: 'mlops-dev-run-1-model' }],
    DataCaptureConfig: { InitialSamplingPercentage: 100 },
  });
});

test('a scaled endpoint keeps its instances in an update, but neither weights nor capture', async () => {
  expect(await configOf(scaled, 'Update endpoint')).toMatchObject({
    RetainAllVariantProperties: true,
    ExcludeRetainedVariantProperties: [
      { VariantPropertyType: 'DesiredWeight' },
      { VariantPropertyType: 'DataCaptureConfig' },
    ],
  });
});

test('a serverless endpoint has neither instances, key, capture nor isolation', async () => {
  const config = await configOf(serverless, 'Create endpoint configuration');
  expect(config.ProductionVariants).toEqual([
    {
      VariantName: 'primary',
      ModelName: 'mlops-dev-run-1-model',
      InitialVariantWeight: 1,
      ServerlessConfig: { MemorySizeInMB: 2_048, MaxConcurrency: 5 },
    },
  ]);
  expect(config).not.toHaveProperty('KmsKeyId');
  expect(config).not.toHaveProperty('DataCaptureConfig');
  expect(await configOf(serverless, 'Create model')).toMatchObject({ EnableNetworkIsolation: false });
});

test('a transform job predicts what the manifest lists, each result beside its input', async () => {
  const { requests } = await expectEnding(batch, {
    champion: CHAMPION,
    status: 'SUCCEEDED',
    through: [],
    never: [],
    serves: null,
  });
  expect(requests.find(({ stateName }) => stateName === 'Score inputs')!.arguments).toMatchObject({
    TransformJobName: 'mlops-dev-run-1-score-0',
    ModelName: 'mlops-dev-run-1-model',
    TransformInput: { DataSource: { S3DataSource: { S3DataType: 'ManifestFile' } }, SplitType: 'None' },
    TransformOutput: { S3OutputPath: expect.stringMatching(/^s3:.*\/batch\/$/) as string },
  });
});

test('an asynchronous endpoint has a queue, with answers, failures and news where they belong', async () => {
  expect(await configOf(asynchronous, 'Create endpoint configuration')).toMatchObject({
    AsyncInferenceConfig: {
      ClientConfig: { MaxConcurrentInvocationsPerInstance: 4 },
      OutputConfig: {
        S3OutputPath: expect.stringMatching(/\/async\/answers\/$/) as string,
        S3FailurePath: expect.stringMatching(/\/async\/failures\/$/) as string,
        NotificationConfig: {
          SuccessTopic: expect.stringContaining('Team') as string,
          ErrorTopic: expect.stringContaining('Team') as string,
        },
      },
    },
  });
});

test.each(Object.entries({ abTest, shadow, scaled, serverless, asynchronous }))(
  'the model of %s is registered with the way back to data and code',
  async (_, config) => {
    const registered = await configOf(config, 'Register model');
    expect(registered).toMatchObject({
      ModelPackageGroupName: 'mlops-dev',
      ModelApprovalStatus: 'Approved',
      CustomerMetadataProperties: {
        runId: 'run-1',
        gitCommit: 'c0ffee',
        manifest: expect.stringMatching(/^s3:.*manifest\.json$/) as string,
        'hyperparameter.training.epochs': '60',
        'image.preprocessing': expect.stringMatching(/@sha256:/) as string,
        'image.training': expect.stringMatching(/@sha256:/) as string,
        'image.inference': expect.stringMatching(/@sha256:/) as string,
        'metric.accuracy': '0.97',
      },
    });
    expect(Object.keys(registered.CustomerMetadataProperties as object).length).toBeLessThanOrEqual(50);
  },
);

test.each(Object.entries({ abTest, shadow, scaled, serverless, asynchronous }))(
  'a name of %s stands for one state',
  (_, config) => {
    const names = allStates(definitionOf(synthesise(config))).map(([name]) => name);
    expect(new Set(names).size).toBe(names.length);
  },
);
