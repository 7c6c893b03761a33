import type {
  CreateEndpointConfigInput,
  DescribeModelOutput,
  ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import { checkEndpointConfig } from '../../../src/services/sagemaker/endpoint-config-checks';
import { testRules } from './limit-cases';

type Change = Partial<CreateEndpointConfigInput> & { model?: Partial<DescribeModelOutput> };

const variant = (more: Partial<ProductionVariant> = {}): ProductionVariant => ({
  VariantName: 'v',
  ModelName: 'model',
  InstanceType: 'ml.m5.large',
  InitialInstanceCount: 1,
  ...more,
});
const serverless = (config: object = {}, more: Partial<ProductionVariant> = {}): ProductionVariant => ({
  VariantName: 'v',
  ModelName: 'model',
  ServerlessConfig: { MemorySizeInMB: 2_048, MaxConcurrency: 5, ...config },
  ...more,
});
const capture = {
  DataCaptureConfig: {
    InitialSamplingPercentage: 1,
    DestinationS3Uri: 's3://bucket/',
    CaptureOptions: [{ CaptureMode: 'Input' as const }],
  },
};
const asynchronous = (output: object = { S3OutputPath: 's3://bucket/' }) => ({
  AsyncInferenceConfig: { OutputConfig: output as { S3OutputPath: string } },
});
const of = (variants: ProductionVariant[], more: Change = {}): Change => ({
  ProductionVariants: variants,
  ...more,
});
const check = (change: object) => {
  const { model, ...request } = change as Change;
  const described = { ModelName: 'model', ModelArn: 'arn', CreationTime: new Date(0), ...model };
  checkEndpointConfig(
    { EndpointConfigName: 'c', ProductionVariants: [variant()], ...request },
    () => described,
  );
};

testRules(check, [
  [
    'one variant gets the requests',
    of([variant({ InitialVariantWeight: 0 }), variant()]),
    of([variant({ InitialVariantWeight: 0 })]),
    'all 0 ([0])',
  ],
  [
    'instances or serverless',
    of([variant()]),
    of([variant({ InstanceType: undefined })]),
    "Variant 'v' needs InstanceType and InitialInstanceCount, or a ServerlessConfig.",
  ],
  [
    'not both',
    of([serverless()]),
    of([serverless({}, { InitialInstanceCount: 1 })]),
    'InstanceType and InitialInstanceCount cannot be specified with it',
  ],
  [
    'memory in whole gigabytes',
    of([serverless({ MemorySizeInMB: 6_144 })]),
    of([serverless({ MemorySizeInMB: 1_500 })]),
    "MemorySizeInMB 1500 of variant 'v' must be one of 1024, 2048",
  ],
  [
    'serverless: one variant',
    of([serverless()]),
    of([serverless(), serverless()]),
    'several production variants',
  ],
  ['serverless: no capture', of([variant()], capture), of([serverless()], capture), 'DataCaptureConfig'],
  [
    'serverless: no shadow',
    of([variant()], { ShadowProductionVariants: [variant()] }),
    of([serverless()], { ShadowProductionVariants: [variant()] }),
    'ShadowProductionVariants',
  ],
  [
    'serverless: no queue',
    of([variant()], asynchronous()),
    of([serverless()], asynchronous()),
    'AsyncInferenceConfig',
  ],
  [
    'serverless: no VPC',
    of([variant()], { model: { VpcConfig: { SecurityGroupIds: [], Subnets: [] } } }),
    of([serverless()], { model: { VpcConfig: { SecurityGroupIds: [], Subnets: [] } } }),
    'a model with VpcConfig',
  ],
  [
    'serverless: no isolation',
    of([variant()], { model: { EnableNetworkIsolation: true } }),
    of([serverless()], { model: { EnableNetworkIsolation: true } }),
    'a model with EnableNetworkIsolation',
  ],
  [
    'asynchronous: no shadow',
    of([variant()], asynchronous()),
    of([variant()], { ...asynchronous(), ShadowProductionVariants: [variant()] }),
    'not supported for asynchronous endpoints',
  ],
  [
    'asynchronous: an output location',
    of([variant()], asynchronous()),
    of([variant()], asynchronous({})),
    'needs the S3OutputPath',
  ],
]);

test.each<[string, Change]>([
  ['ProvisionedConcurrency', of([serverless({ ProvisionedConcurrency: 1 })])],
  ['RoutingConfig', of([variant({ RoutingConfig: { RoutingStrategy: 'RANDOM' } })])],
  ['ManagedInstanceScaling', of([variant({ ManagedInstanceScaling: { Status: 'ENABLED' } })])],
  ['VpcConfig', of([variant()], { VpcConfig: { SecurityGroupIds: [], Subnets: [] } })],
  ['DataCaptureConfig', of([variant()], { ...asynchronous(), ...capture })],
  [
    'IncludeInferenceResponseIn',
    of(
      [variant()],
      asynchronous({
        S3OutputPath: 's3://bucket/',
        NotificationConfig: { IncludeInferenceResponseIn: ['SUCCESS_NOTIFICATION_TOPIC'] },
      }),
    ),
  ],
])('refused with its name: %s', (name, change) => {
  expect(() => check(change)).toThrow(expect.objectContaining({ name: 'NotImplemented' }));
  expect(() => check(change)).toThrow(name);
});
