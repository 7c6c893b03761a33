import type { PipelineConfig } from '../../lib/config';
import { evaluatesByTransform } from '../../lib/config/programs';
import type { NeededQuota } from './checks';

/** Returns the SageMaker quotas that a run needs, each with the largest number of instances in use at the same time. */
export function neededQuotas(config: PipelineConfig): NeededQuota[] {
  const { data, preprocessing, training, evaluation, endpoint } = config;
  const { spot, instanceType, instanceCount } = training;
  const trains = (usage: string, optional: boolean): NeededQuota => ({
    name: `${instanceType} for ${usage}`,
    instances: instanceCount,
    field: 'training.instanceType',
    ...(optional && { optional }),
  });
  const processing = (type: string, instances: number, field: string): NeededQuota => ({
    ...{ name: `${type} for processing job usage`, instances, field },
  });
  return merged([
    processing(preprocessing.instanceType, data.maxShards, 'preprocessing.instanceType'),
    processing(evaluation.instanceType, 1, 'evaluation.instanceType'),
    ...(evaluatesByTransform(config)
      ? [
          {
            // Candidate and champion predict at the same time.
            ...{ name: `${evaluation.instanceType} for transform job usage`, instances: 2 },
            field: 'evaluation.instanceType',
          },
        ]
      : []),
    ...(spot
      ? [
          // Without Spot capacity, the run trains on demand if the configuration allows it.
          trains('spot training job usage', spot.onDemandFallback),
          ...(spot.onDemandFallback ? [trains('training job usage', false)] : []),
        ]
      : [trains('training job usage', false)]),
    ...servingQuotas(endpoint),
  ]);
}

function servingQuotas({ serving, deployment }: PipelineConfig['endpoint']): NeededQuota[] {
  switch (serving.kind) {
    case 'serverless':
      return [];
    case 'batch':
      return [
        {
          name: `${serving.instanceType} for transform job usage`,
          instances: serving.instanceCount,
          field: 'endpoint.serving.instanceType',
        },
      ];
    default: {
      // An update starts the new fleet before it removes the old one; a rolling update replaces it batch by batch.
      const fleets = deployment.strategy === 'rolling' ? 1 : 2;
      const scaling = serving.scaling;
      const variants = serving.kind === 'realtime' ? serving.variants : [serving];
      return variants.map((variant) => ({
        name: `${variant.instanceType} for endpoint usage`,
        instances: fleets * Math.max(variant.instanceCount, scaling?.maxInstances ?? 0),
        field: 'endpoint.serving',
      }));
    }
  }
}

/** Merges entries of one quota: jobs do not run at the same time, variants of an endpoint do. */
function merged(quotas: readonly NeededQuota[]): NeededQuota[] {
  const byName = new Map<string, NeededQuota>();
  for (const quota of quotas) {
    const known = byName.get(quota.name);
    const together = quota.field === 'endpoint.serving';
    const instances = together
      ? (known?.instances ?? 0) + quota.instances
      : Math.max(known?.instances ?? 0, quota.instances);
    byName.set(quota.name, { ...quota, ...known, instances });
  }
  return [...byName.values()];
}
