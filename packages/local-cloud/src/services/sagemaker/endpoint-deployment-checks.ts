import type {
  CapacitySize,
  DeploymentConfig,
  DescribeEndpointConfigOutput,
  ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import { deploymentSteps, shareOf, waitSeconds, wholeShare } from './endpoint-deployment-steps';
import type { VariantSize } from './endpoint-fleet';
import { validation } from './limits';

/**
 * Checks that an endpoint can be updated to another configuration. "If you try to convert your instance-based endpoint
 * to serverless, you receive a ValidationError" ("Update a serverless endpoint", Developer Guide); the reverse is
 * allowed.
 */
export function checkConversion(
  before: DescribeEndpointConfigOutput,
  after: DescribeEndpointConfigOutput,
): void {
  if (!isServerless(before) && isServerless(after)) {
    throw validation(
      `Cannot update an endpoint on instances to the serverless configuration "${after.EndpointConfigName}". Create another endpoint for it.`,
    );
  }
  if ((before.AsyncInferenceConfig === undefined) !== (after.AsyncInferenceConfig === undefined)) {
    const kind = (config: DescribeEndpointConfigOutput) =>
      config.AsyncInferenceConfig ? 'asynchronous' : 'real-time';
    throw validation(
      `Cannot update an endpoint from ${kind(before)} to ${kind(after)} inference with the configuration "${after.EndpointConfigName}". Create another endpoint for it.`,
    );
  }
}

/**
 * Checks deployment guardrails. Sources: DeploymentConfig and its types (API reference); "Deployment guardrails",
 * "Exclusions" (Developer Guide).
 *
 * @param sizes of the variants of the new fleet, by name
 * @throws ServiceError ValidationException
 */
export function checkDeployment(
  deployment: DeploymentConfig,
  before: DescribeEndpointConfigOutput,
  after: DescribeEndpointConfigOutput,
  sizes: Readonly<Record<string, VariantSize>>,
): void {
  checkPolicies(deployment);
  checkExclusions(deployment, before, after);
  const instances = smallest(after, sizes);
  const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = deployment;
  const routing = blueGreen?.TrafficRoutingConfiguration;
  checkShare('CanarySize', routing?.CanarySize, instances, 0, 50);
  checkShare('LinearStepSize', routing?.LinearStepSize, instances, 10, 50);
  checkShare('MaximumBatchSize', rolling?.MaximumBatchSize, instances, 5, 50);
  checkShare('RollbackMaximumBatchSize', rolling?.RollbackMaximumBatchSize, instances, 5, 100);
  const limit = (rolling ?? blueGreen)?.MaximumExecutionTimeoutInSeconds;
  const waits = waitSeconds(deploymentSteps(deployment, instances));
  if (limit !== undefined && limit <= waits) {
    throw validation(
      `MaximumExecutionTimeoutInSeconds ${limit} must be larger than the waits of the deployment, which add up to ${waits} seconds.`,
    );
  }
}

/** @returns the instances of the smallest variant: the shares of a deployment must be valid for all variants */
export function smallest(
  { ProductionVariants = [] }: DescribeEndpointConfigOutput,
  sizes: Readonly<Record<string, VariantSize>>,
): number {
  return Math.max(
    1,
    Math.min(...ProductionVariants.map(({ VariantName }) => sizes[VariantName!]!.instances)),
  );
}

function checkPolicies(deployment: DeploymentConfig): void {
  const { BlueGreenUpdatePolicy: blueGreen, RollingUpdatePolicy: rolling } = deployment;
  if (blueGreen && rolling) {
    throw validation(
      'Only one update policy can be specified in DeploymentConfig: either BlueGreenUpdatePolicy or RollingUpdatePolicy.',
    );
  }
  const { Type, CanarySize, LinearStepSize } = blueGreen?.TrafficRoutingConfiguration ?? {};
  const needs = { CANARY: 'CanarySize', LINEAR: 'LinearStepSize', ALL_AT_ONCE: undefined }[
    Type ?? 'ALL_AT_ONCE'
  ];
  for (const [name, size] of Object.entries({ CanarySize, LinearStepSize })) {
    if (name === needs && !size)
      throw validation(`${name} must be specified for traffic routing of type ${Type}.`);
    if (name !== needs && size) {
      throw validation(`${name} cannot be specified for traffic routing of type ${Type}.`);
    }
  }
}

function checkExclusions(
  deployment: DeploymentConfig,
  before: DescribeEndpointConfigOutput,
  after: DescribeEndpointConfigOutput,
): void {
  if (isServerless(before) || isServerless(after)) {
    throw validation(
      'DeploymentConfig is not supported for serverless endpoints: deployment guardrails are for real-time and asynchronous inference. Leave it out.',
    );
  }
  const [old, wanted] = [names(before.ProductionVariants), names(after.ProductionVariants)];
  if (old.join() !== wanted.join()) {
    throw validation(
      `A deployment with DeploymentConfig needs the same variant names in both configurations: [${old.join(', ')}] in "${before.EndpointConfigName}", [${wanted.join(', ')}] in "${after.EndpointConfigName}".`,
    );
  }
  const all = [...(after.ProductionVariants ?? []), ...(after.ShadowProductionVariants ?? [])];
  const many = Math.max(all.length, old.length + names(before.ShadowProductionVariants).length);
  if (deployment.RollingUpdatePolicy && many > 1) {
    throw validation(
      'RollingUpdatePolicy is not supported for endpoints of several variants. Use BlueGreenUpdatePolicy.',
    );
  }
}

function checkShare(
  field: string,
  size: CapacitySize | undefined,
  instances: number,
  least: number,
  most: number,
): void {
  if (!size) return;
  const percent = shareOf(size, instances) * 100;
  // Of one instance, no part is at most half.
  const active = Math.max(percent, wholeShare(size, instances) * 100);
  if (percent >= least - 1e-9 && active <= most + 1e-9) return;
  const given = size.Type === 'INSTANCE_COUNT' ? `${size.Value} instance(s)` : `${size.Value} percent`;
  const allowed = least > 0 ? `${least}-${most}%` : `at most ${most}%`;
  throw validation(
    `${field} of ${given} is not allowed: it must be ${allowed} of the variant's total instance count, which is ${instances}.`,
  );
}

function isServerless({ ProductionVariants = [] }: DescribeEndpointConfigOutput): boolean {
  return ProductionVariants.some(({ ServerlessConfig }) => ServerlessConfig !== undefined);
}

function names(variants: readonly ProductionVariant[] = []): string[] {
  return variants.map(({ VariantName }) => VariantName!).sort();
}
