import type {
  CapacitySize,
  DescribeEndpointConfigOutput,
  ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import { checkConversion, checkDeployment } from '../../../src/services/sagemaker/endpoint-deployment-checks';
import { fleetSizes } from '../../../src/services/sagemaker/endpoint-fleet';
import { testRules } from './limit-cases';

const variant = (VariantName: string, more: Partial<ProductionVariant> = {}): ProductionVariant => ({
  VariantName,
  ModelName: 'model',
  InstanceType: 'ml.m5.large',
  InitialInstanceCount: 4,
  ...more,
});
const config = (
  variants: ProductionVariant[],
  more: Partial<DescribeEndpointConfigOutput> = {},
): DescribeEndpointConfigOutput => ({
  EndpointConfigName: 'config',
  EndpointConfigArn: 'arn',
  CreationTime: new Date(0),
  ProductionVariants: variants,
  ...more,
});
const serverless: ProductionVariant = {
  VariantName: 'a',
  ModelName: 'model',
  ServerlessConfig: { MemorySizeInMB: 1_024, MaxConcurrency: 1 },
};
const one = config([variant('a')]);
const count = (Value: number): CapacitySize => ({ Type: 'INSTANCE_COUNT', Value });
const percent = (Value: number): CapacitySize => ({ Type: 'CAPACITY_PERCENT', Value });
const routed = (routing: object, more: object = {}) => ({
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: { WaitIntervalInSeconds: 400, ...routing },
    ...more,
  },
});
const canary = (CanarySize: CapacitySize, more: object = {}) => routed({ Type: 'CANARY', CanarySize }, more);
const linear = (LinearStepSize: CapacitySize) => routed({ Type: 'LINEAR', LinearStepSize });
const rolling = (MaximumBatchSize: CapacitySize, more: object = {}) => ({
  RollingUpdatePolicy: { MaximumBatchSize, WaitIntervalInSeconds: 0, ...more },
});
const shadowed = config([variant('a')], { ShadowProductionVariants: [variant('s')] });

interface Case {
  deployment: object;
  before?: DescribeEndpointConfigOutput;
  after?: DescribeEndpointConfigOutput;
}
const given = (deployment: object, before = one, after = before): Case => ({ deployment, before, after });

describe('deployments', () => {
  const check = (change: object) => {
    const { deployment, before = one, after = before } = change as Case;
    checkDeployment(deployment, before, after, fleetSizes(after));
  };
  testRules(check, [
    [
      'one policy',
      given(canary(count(1))),
      given({ ...canary(count(1)), ...rolling(count(1)) }),
      'Only one update policy can be specified',
    ],
    [
      'a canary needs its size',
      given(canary(count(1))),
      given(routed({ Type: 'CANARY' })),
      'CanarySize must be specified for traffic routing of type CANARY',
    ],
    [
      'a step size needs linear routing',
      given(linear(count(1))),
      given(routed({ Type: 'CANARY', CanarySize: count(1), LinearStepSize: count(1) })),
      'LinearStepSize cannot be specified for traffic routing of type CANARY',
    ],
    [
      'a canary is at most half of the instances',
      given(canary(count(2))),
      given(canary(count(3))),
      "CanarySize of 3 instance(s) is not allowed: it must be at most 50% of the variant's total instance count, which is 4.",
    ],
    [
      'and half of the capacity',
      given(canary(percent(50))),
      given(canary(percent(51))),
      'CanarySize of 51 percent',
    ],
    [
      'no part of one instance is at most half',
      given(canary(percent(10)), config([variant('a', { InitialInstanceCount: 2 })])),
      given(canary(percent(10)), config([variant('a', { InitialInstanceCount: 1 })])),
      "CanarySize of 10 percent is not allowed: it must be at most 50% of the variant's total instance count, which is 1.",
    ],
    [
      'a step is at least a tenth',
      given(linear(percent(10))),
      given(linear(percent(9))),
      'must be 10-50% of',
    ],
    ['a batch is at most half', given(rolling(count(2))), given(rolling(count(3))), 'MaximumBatchSize of 3'],
    [
      'a rollback batch may be the whole fleet',
      given(rolling(count(1), { RollbackMaximumBatchSize: percent(100) })),
      given(rolling(count(1), { RollbackMaximumBatchSize: percent(101) })),
      'RollbackMaximumBatchSize of 101 percent',
    ],
    [
      'the sizes fit the smallest variant',
      given(canary(count(1)), config([variant('a'), variant('b', { InitialInstanceCount: 2 })])),
      given(canary(count(2)), config([variant('a'), variant('b', { InitialInstanceCount: 2 })])),
      'which is 2.',
    ],
    [
      'the time limit includes all waits',
      given(canary(count(1), { TerminationWaitInSeconds: 500, MaximumExecutionTimeoutInSeconds: 901 })),
      given(canary(count(1), { TerminationWaitInSeconds: 500, MaximumExecutionTimeoutInSeconds: 900 })),
      'MaximumExecutionTimeoutInSeconds 900 must be larger than the waits of the deployment, which add up to 900',
    ],
    [
      'the same names',
      given(canary(count(1)), one, config([variant('a')])),
      given(canary(count(1)), one, config([variant('b')])),
      'needs the same variant names in both configurations: [a] in "config", [b] in "config".',
    ],
    [
      'no guardrails for serverless endpoints',
      given({}),
      given({}, config([serverless])),
      'not supported for serverless endpoints',
    ],
    [
      'no rolling with several variants',
      given(rolling(count(1))),
      given(rolling(count(1)), config([variant('a'), variant('b')])),
      'RollingUpdatePolicy is not supported for endpoints of several variants',
    ],
    [
      'a shadow is a variant too',
      given(canary(count(1)), shadowed),
      given(rolling(count(1)), shadowed),
      'RollingUpdatePolicy is not supported for endpoints of several variants',
    ],
  ]);
});

describe('conversions', () => {
  const check = (change: object) => {
    const { before, after } = change as Required<Case>;
    checkConversion(before, after);
  };
  const asynchronous = config([variant('a')], {
    AsyncInferenceConfig: { OutputConfig: { S3OutputPath: 's3://bucket/' } },
  });
  testRules(check, [
    [
      'from serverless to instances only',
      given({}, config([serverless]), one),
      given({}, one, config([serverless])),
      'Cannot update an endpoint on instances to the serverless configuration "config"',
    ],
    [
      'none to asynchronous',
      given({}, asynchronous, asynchronous),
      given({}, one, asynchronous),
      'from real-time to asynchronous',
    ],
    [
      'none from asynchronous',
      given({}, one, one),
      given({}, asynchronous, one),
      'asynchronous to real-time',
    ],
  ]);
});
