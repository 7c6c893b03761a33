import table from './prices.json';

/** A price, and where it is from. */
interface Sourced {
  /** Whether the number was read at the source. */
  readonly checked: boolean;
  readonly source: string;
}

export type UnitName = keyof typeof table.units;

/** Prices of one region, dated; `npx mlops cost --refresh` writes those of instances anew. */
export interface PriceTable {
  readonly region: string;
  readonly currency: string;
  /** ISO 8601, a day. */
  readonly date: string;
  readonly note: string;
  /** On demand, an hour; SageMaker asks the same for training, processing, transform and hosting. */
  readonly instances: Readonly<Record<string, Sourced & { readonly hour: number }>>;
  readonly units: Readonly<Record<UnitName, Sourced & { readonly price: number }>>;
  /** What CloudWatch does not bill, an account and month. */
  readonly alwaysFree: { readonly alarms: number; readonly dashboards: number };
}

export const PRICES: PriceTable = table;

/** @returns undefined for a type that the table does not have */
export function instanceHour(instanceType: string, { instances }: PriceTable = PRICES): number | undefined {
  return Object.hasOwn(instances, instanceType) ? instances[instanceType]!.hour : undefined;
}

/** What trains. */
export interface TrainingInstances {
  readonly instanceType: string;
  readonly instanceCount: number;
}

/**
 * What a training job cost: SageMaker's billable seconds have what Spot saves taken off already.
 *
 * @returns USD; undefined for a type without a price
 */
export function trainingCost(
  { instanceType, instanceCount }: TrainingInstances,
  billableSeconds: number,
  prices: PriceTable = PRICES,
): number | undefined {
  const hour = instanceHour(instanceType, prices);
  return hour === undefined ? undefined : (hour * instanceCount * billableSeconds) / 3_600;
}
