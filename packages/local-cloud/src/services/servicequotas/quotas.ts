import {
  ProcessingInstanceType,
  ProductionVariantInstanceType,
  TrainingInstanceType,
  TransformInstanceType,
} from '@aws-sdk/client-sagemaker';
import { createHash } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';

/** The usages for which SageMaker counts instances. A quota's name is the instance type and the usage. */
export const USAGES = {
  training: 'training job usage',
  spotTraining: 'spot training job usage',
  processing: 'processing job usage',
  transform: 'transform job usage',
  endpoint: 'endpoint usage',
} as const;
export type Usage = keyof typeof USAGES;

const TYPES: Readonly<Record<Usage, readonly string[]>> = {
  training: Object.values(TrainingInstanceType),
  spotTraining: Object.values(TrainingInstanceType),
  processing: Object.values(ProcessingInstanceType),
  transform: Object.values(TransformInstanceType),
  endpoint: Object.values(ProductionVariantInstanceType),
};

/** Instances of a type and usage by default. AWS's defaults differ by account, and are often 0 for GPUs. */
const DEFAULT = 20;

export interface Quota {
  name: string;
  /** A code of this cloud: AWS does not publish its codes as a list. */
  code: string;
  value: number;
}

/** An account's quotas for SageMaker's instances. */
export class Quotas {
  private readonly byName: ReadonlyMap<string, Quota>;

  /**
   * Reads the cloud's settings: values by name, such as `ml.g5.xlarge for spot training job usage`.
   *
   * @throws Error for an unknown name, or a value that is not a whole number
   */
  constructor({ settings: { servicequotas: set = {} } }: Pick<Cloud, 'settings'>) {
    const quotas = Object.entries(USAGES).flatMap(([usage, words]) =>
      TYPES[usage as Usage].map((type) => `${type} for ${words}`),
    );
    for (const [name, value] of Object.entries(set)) {
      if (!quotas.includes(name)) {
        throw new Error(
          `the quota "${name}" is not known; allowed is <instance type> for ${Object.values(USAGES).join(', or ')}, such as "ml.m5.large for ${USAGES.spotTraining}"`,
        );
      }
      if (!Number.isInteger(value) || value < 0)
        throw new Error(`the quota "${name}" is ${value}; allowed is 0 or a greater whole number`);
    }
    this.byName = new Map(
      quotas.map((name) => [name, { name, code: codeOf(name), value: set[name] ?? DEFAULT }]),
    );
  }

  list(): Quota[] {
    return [...this.byName.values()];
  }

  find(code: string): Quota | undefined {
    return this.list().find((quota) => quota.code === code);
  }

  /**
   * Refuses instances above the quota, with SageMaker's message.
   *
   * @param used running instances of the type and usage
   */
  admit(usage: Usage, instanceType: string, used: number, more: number): void {
    const name = `${instanceType} for ${USAGES[usage]}`;
    const quota = this.byName.get(name);
    if (!quota || used + more <= quota.value) return;
    throw new ServiceError(
      'ResourceLimitExceeded',
      `The account-level service limit '${name}' is ${quota.value} Instances, with current utilization of ${used} Instances and a request delta of ${more} Instances. Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not available, contact AWS support to request an increase for this quota.`,
    );
  }
}

function codeOf(name: string): string {
  return `L-${createHash('sha256').update(name).digest('hex').slice(0, 8).toUpperCase()}`;
}
