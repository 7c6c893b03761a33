import { isGpu, isGpuImage, unknownType, type InstanceUse } from './instance-types';
import type { PipelineConfig } from './schema';

/** Those that may go wherever the credentials of who deploys lead; any other says where it belongs. */
const WITHOUT_PLACE: readonly string[] = ['local', 'dev'];

/**
 * Stands for an account until a team writes its own. It synthesises, so that templates can be read and tested, and
 * cannot be deployed: the CDK CLI refuses credentials of any other account.
 */
export const UNASSIGNED = '000000000000';

/** An environment that others rely on does not follow whatever credentials happen to be there. */
export function environmentFaults({ environment, account, region }: PipelineConfig): string[] {
  if (WITHOUT_PLACE.includes(environment)) return [];
  const why = `only ${WITHOUT_PLACE.join(' and ')} go where the credentials of who deploys lead`;
  return [
    ...(account === undefined ? [`account is missing; allowed is 12 digits: ${why}`] : []),
    ...(region === undefined ? [`region is missing; allowed is a region such as eu-west-1: ${why}`] : []),
  ];
}

/** Serverless endpoints have no place in a network ("Serverless Inference: feature exclusions", Developer Guide). */
export function networkFaults({ network, endpoint }: PipelineConfig): string[] {
  if (!network || endpoint.serving.kind !== 'serverless') return [];
  return [
    `network is ${JSON.stringify(network)} with endpoint.serving.kind "serverless"; allowed is null, or another kind: ` +
      'SageMaker runs serverless endpoints outside of any network of yours',
  ];
}

/** What SageMaker would refuse when a run has come as far as the job or the endpoint. */
export function instanceFaults(config: PipelineConfig): string[] {
  const used: [field: string, use: InstanceUse, type: string][] = [
    ['preprocessing.instanceType', 'processing', config.preprocessing.instanceType],
    ['evaluation.instanceType', 'processing', config.evaluation.instanceType],
    ['training.instanceType', 'training', config.training.instanceType],
    ...servingTypes(config),
  ];
  return [
    ...used.flatMap(([field, use, type]) => {
      const allowed = unknownType(use, type);
      return allowed ? [`${field} is "${type}"; allowed is ${allowed}`] : [];
    }),
    ...imageFaults(config.training),
  ];
}

function servingTypes({ endpoint }: PipelineConfig): [string, InstanceUse, string][] {
  const { serving } = endpoint;
  const field = 'endpoint.serving';
  switch (serving.kind) {
    case 'realtime':
      return serving.variants.map(({ instanceType }, index) => [
        `${field}.variants.${index}.instanceType`,
        'hosting',
        instanceType,
      ]);
    case 'asynchronous':
      return [[`${field}.instanceType`, 'hosting', serving.instanceType]];
    case 'batch':
      return [[`${field}.instanceType`, 'transform', serving.instanceType]];
    case 'serverless':
      return [];
  }
}

/** A GPU image does not start without a GPU; a CPU image leaves one idle that is paid for. */
function imageFaults({ instanceType, cpuBaseImage, gpuBaseImage }: PipelineConfig['training']): string[] {
  if (isGpu(instanceType)) {
    return isGpuImage(gpuBaseImage)
      ? []
      : [
          `training.gpuBaseImage is "${gpuBaseImage}"; allowed is an image for GPUs (gpu, cuda or cu133 in its name), ` +
            `since training.instanceType "${instanceType}" has some`,
        ];
  }
  return isGpuImage(cpuBaseImage)
    ? [
        `training.cpuBaseImage is "${cpuBaseImage}"; allowed is an image for CPUs, since training.instanceType ` +
          `"${instanceType}" has no GPU`,
      ]
    : [];
}
