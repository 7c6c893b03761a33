import type { JsonObject } from 'local-cloud/testing';
import type { PipelineConfig } from '../../lib/config';
import { argumentsOf, CHAMPION } from './support/dry-run';
import { expectEnding, replacing, type Ending } from './support/endings';
import { allStates, definitionOf } from './support/state-machine';
import { synthesise } from './support/synthesis';
import { abTest, asynchronous, batch, scaled, serverless, shadow } from './support/variants';

const configOf = async (config: PipelineConfig, state: string) =>
  argumentsOf<JsonObject>(await expectEnding(config, { ...replacing, ...anyEnding(config) }), state);
const anyEnding = (config: PipelineConfig): Ending => ({
  status: 'SUCCEEDED',
  through: [],
  never: [],
  serves: config === abTest || config === shadow ? 'test' : 'candidate',
});

test('an A/B test has weights for champion and challenger, and captures as configured', async () => {
  expect(await configOf(abTest, 'Create test configuration')).toMatchObject({
    EndpointConfigName: 'mlops-table-dev-run-1-test-config',
    ProductionVariants: [
      { VariantName: 'primary', ModelName: CHAMPION.modelName, InitialVariantWeight: 80 },
      { VariantName: 'challenger', ModelName: 'mlops-table-dev-run-1-model', InitialVariantWeight: 20 },
    ],
    DataCaptureConfig: { InitialSamplingPercentage: 10 },
  });
});

// Only requests captured of both can be compared.
test('a shadow has one production variant, and all requests are captured', async () => {
  expect(await configOf(shadow, 'Create test configuration')).toMatchObject({
    ProductionVariants: [{ VariantName: 'primary', ModelName: CHAMPION.modelName }],
    ShadowProductionVariants: [{ VariantName: 'challenger', ModelName: 'mlops-table-dev-run-1-model' }],
    DataCaptureConfig: { InitialSamplingPercentage: 100 },
  });
});

test('an update of a scaled endpoint keeps the instance counts, but not weights and capture', async () => {
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
      ModelName: 'mlops-table-dev-run-1-model',
      InitialVariantWeight: 1,
      ServerlessConfig: { MemorySizeInMB: 2_048, MaxConcurrency: 5 },
    },
  ]);
  expect(config).not.toHaveProperty('KmsKeyId');
  expect(config).not.toHaveProperty('DataCaptureConfig');
  expect(await configOf(serverless, 'Create model')).toMatchObject({ EnableNetworkIsolation: false });
});

test('a transform job scores the objects of the manifest, each result next to its input', async () => {
  const { requests } = await expectEnding(batch, {
    champion: CHAMPION,
    status: 'SUCCEEDED',
    through: [],
    never: [],
    serves: null,
  });
  expect(requests.find(({ stateName }) => stateName === 'Score inputs')!.arguments).toMatchObject({
    TransformJobName: 'mlops-table-dev-run-1-score-0',
    ModelName: 'mlops-table-dev-run-1-model',
    TransformInput: { DataSource: { S3DataSource: { S3DataType: 'ManifestFile' } }, SplitType: 'None' },
    TransformOutput: { S3OutputPath: expect.stringMatching(/^s3:.*\/batch\/$/) as string },
  });
});

test('an asynchronous endpoint has paths for answers and failures, and topics for both', async () => {
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
      ModelPackageGroupName: 'mlops-table-dev',
      ModelApprovalStatus: 'Approved',
      CustomerMetadataProperties: {
        runId: 'run-1',
        gitCommit: 'c0ffee',
        manifest: expect.stringMatching(/^s3:.*manifest\.json$/) as string,
        'hyperparameter.training.algorithm': 'network',
        'image.preprocessing': expect.stringMatching(/@sha256:/) as string,
        'image.training': expect.stringMatching(/@sha256:/) as string,
        'image.inference': expect.stringMatching(/@sha256:/) as string,
        headline: 'accuracy',
        'metric.accuracy': '0.97',
      },
    });
    expect(Object.keys(registered.CustomerMetadataProperties as object).length).toBeLessThanOrEqual(50);
  },
);

test.each(Object.entries({ abTest, shadow, scaled, serverless, asynchronous }))(
  'a name of %s is the name of one state',
  (_, config) => {
    const names = allStates(definitionOf(synthesise(config))).map(([name]) => name);
    expect(new Set(names).size).toBe(names.length);
  },
);
