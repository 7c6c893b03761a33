import type { ProductionVariant, ProductionVariantInstanceType } from '@aws-sdk/client-sagemaker';
import type { PipelineConfig } from '../config';
import { hasLocalDisks } from '../config/instance-types';
import type { VariantConfig } from '../config/schema';
import { CHALLENGER_VARIANT } from '../contract/names';
import type { Arguments, Expression } from '../states/jsonata';

/** Variants of an endpoint configuration, as CreateEndpointConfig takes them. */
export interface Variants {
  readonly ProductionVariants: readonly Arguments<ProductionVariant>[];
  readonly ShadowProductionVariants?: readonly Arguments<ProductionVariant>[];
}

/** Name of the variant of an endpoint with only one. */
export const ONLY_VARIANT = 'primary';

/** Returns variants that serve the model alone, on every configured variant. */
export function servingAlone({ endpoint }: PipelineConfig, ModelName: Expression): Variants {
  const { serving } = endpoint;
  switch (serving.kind) {
    case 'realtime':
      return { ProductionVariants: serving.variants.map((variant) => onInstances(variant, ModelName)) };
    case 'serverless':
      return {
        ProductionVariants: [
          {
            VariantName: ONLY_VARIANT,
            ModelName,
            ServerlessConfig: { MemorySizeInMB: serving.memoryMb, MaxConcurrency: serving.maxConcurrency },
            InitialVariantWeight: 1,
          },
        ],
      };
    case 'asynchronous':
      return {
        ProductionVariants: [onInstances({ name: ONLY_VARIANT, weight: 1, ...serving }, ModelName)],
      };
    case 'batch':
      throw new Error('endpoint.serving.kind is "batch", which has no endpoint; deploy it by ScorePhase');
  }
}

/** Returns champion and challenger on instances of the same kind, for an A/B test or as a shadow. */
export function servingBoth(
  { endpoint }: PipelineConfig,
  champion: Expression,
  challenger: Expression,
): Variants {
  const { serving, deployment } = endpoint;
  const variant = serving.kind === 'realtime' ? serving.variants[0]! : undefined;
  if (!variant || (deployment.strategy !== 'abTest' && deployment.strategy !== 'shadow')) {
    throw new Error(`endpoint.deployment.strategy "${deployment.strategy}" has no challenger`);
  }
  const other = (weight: number) => onInstances({ ...variant, name: CHALLENGER_VARIANT, weight }, challenger);
  if (deployment.strategy === 'abTest') {
    const weight = 100 - deployment.challengerPercent;
    return {
      ProductionVariants: [
        onInstances({ ...variant, weight }, champion),
        other(deployment.challengerPercent),
      ],
    };
  }
  // A shadow gets its weight's share of the production variant's: a weight of 100 copies every request.
  return {
    ProductionVariants: [onInstances({ ...variant, weight: 100 }, champion)],
    ShadowProductionVariants: [other(deployment.copyPercent)],
  };
}

/** Returns the names of the variants that can be invoked separately while the model serves alone. */
export function variantNames({ endpoint }: PipelineConfig): string[] {
  const { serving } = endpoint;
  return serving.kind === 'realtime' ? serving.variants.map(({ name }) => name) : [ONLY_VARIANT];
}

/**
 * Returns true if volumes take a key. SageMaker refuses a key for the whole configuration if one variant has local
 * disks, or no instances.
 */
export function takesVolumeKey({ endpoint }: PipelineConfig): boolean {
  const { serving } = endpoint;
  switch (serving.kind) {
    case 'realtime':
      return !serving.variants.some(({ instanceType }) => hasLocalDisks(instanceType));
    case 'asynchronous':
      return !hasLocalDisks(serving.instanceType);
    default:
      return false;
  }
}

function onInstances(
  { name, instanceType, instanceCount, weight }: VariantConfig,
  ModelName: Expression,
): Arguments<ProductionVariant> {
  return {
    VariantName: name,
    ModelName,
    InstanceType: instanceType as ProductionVariantInstanceType,
    InitialInstanceCount: instanceCount,
    InitialVariantWeight: weight,
  };
}
