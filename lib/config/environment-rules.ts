import { isGpu, isGpuImage, unknownType, type InstanceUse } from './instance-types';
import type { PipelineConfig } from './schema';

/**
 * Environments that may be deployed to the account and region of the deploying credentials; any other names its own.
 */
const WITHOUT_ACCOUNT: readonly string[] = ['local', 'dev'];

/**
 * Placeholder for an account until a team sets its own. It synthesises, so that templates can be read and tested, and
 * cannot be deployed: the CDK CLI refuses credentials of any other account.
 */
export const UNASSIGNED = '000000000000';

/** Requires account and region where others rely on the environment: it must not follow the credentials at hand. */
export function environmentFaults({ environment, account, region }: PipelineConfig): string[] {
  if (WITHOUT_ACCOUNT.includes(environment)) return [];
  const why = `only ${WITHOUT_ACCOUNT.join(' and ')} may follow the credentials of the person who deploys`;
  return [
    ...(account === undefined ? [`account is missing; must be 12 digits: ${why}`] : []),
    ...(region === undefined ? [`region is missing; must be a region such as eu-west-1: ${why}`] : []),
  ];
}

/** Domains that RFC 2606 and RFC 6761 reserve: no mail arrives there. */
const RESERVED_DOMAIN = /(^|\.)(example(\.(com|net|org))?|test|invalid|localhost)$/i;

/**
 * Requires addresses that receive mail where others rely on the environment: a failure of which nobody is told is found
 * by its victims. The placeholder's account is exempt, since nothing is deployed to it.
 */
export function addressFaults({ environment, account, notifications, approval }: PipelineConfig): string[] {
  if (WITHOUT_ACCOUNT.includes(environment) || account === UNASSIGNED) return [];
  return [
    ...(notifications.emails.length === 0
      ? [
          'notifications.emails is []; must have at least one address: nobody would be told of failed runs and alarms ' +
            `in "${environment}"`,
        ]
      : []),
    ...reservedFaults('notifications.emails', notifications.emails),
    ...reservedFaults('approval.emails', approval?.emails ?? []),
  ];
}

function reservedFaults(field: string, emails: readonly string[]): string[] {
  return emails.flatMap((email, index) =>
    RESERVED_DOMAIN.test(email.slice(email.lastIndexOf('@') + 1))
      ? [
          `${field}.${index} is "${email}"; must be an address that receives mail: its domain is reserved for examples`,
        ]
      : [],
  );
}

/** Serverless endpoints cannot run in a network ("Serverless Inference: feature exclusions", Developer Guide). */
export function networkFaults({ network, endpoint }: PipelineConfig): string[] {
  if (!network || endpoint.serving.kind !== 'serverless') return [];
  return [
    `network is ${JSON.stringify(network)} with endpoint.serving.kind "serverless"; must be null, or another kind: ` +
      'SageMaker runs serverless endpoints outside of your network',
  ];
}

/** Returns faults that SageMaker would only report when a run creates the job or the endpoint. */
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
      return allowed ? [`${field} is "${type}"; must be ${allowed}`] : [];
    }),
    ...imageFaults(config),
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

/** Checks the base images: a GPU image does not start without a GPU, and a CPU image leaves a paid GPU idle. */
function imageFaults({ programs: { train }, training: { instanceType } }: PipelineConfig): string[] {
  const base = 'folder' in train ? train.baseImage : undefined;
  if (typeof base !== 'object') return [];
  if (isGpu(instanceType)) {
    return isGpuImage(base.gpu)
      ? []
      : [
          `programs.train.baseImage.gpu is "${base.gpu}"; must be an image for GPUs (gpu, cuda or cu133 in its name), ` +
            `since training.instanceType "${instanceType}" has some`,
        ];
  }
  return isGpuImage(base.cpu)
    ? [
        `programs.train.baseImage.cpu is "${base.cpu}"; must be an image for CPUs, since training.instanceType ` +
          `"${instanceType}" has no GPU`,
      ]
    : [];
}
