import table from './prices.json';

/** A price, and where it is from. */
interface Sourced {
  /** Whether the number was read at the source. */
  readonly checked: boolean;
  readonly source: string;
  /** When the source says so: a year, a month or a day, ISO 8601; left out where it has no date. */
  readonly asOf?: string;
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
  /** Linux, a minute, by CodeBuild's name of the compute type. */
  readonly builds: Readonly<Record<string, Sourced & { readonly minute: number }>>;
  readonly units: Readonly<Record<UnitName, Sourced & { readonly price: number }>>;
  /** What CloudWatch does not bill, an account and month. */
  readonly alwaysFree: { readonly alarms: number; readonly dashboards: number };
}

export const PRICES: PriceTable = table;

/** @returns undefined for a type that the table does not have */
export function instanceHour(instanceType: string, { instances }: PriceTable = PRICES): number | undefined {
  return Object.hasOwn(instances, instanceType) ? instances[instanceType]!.hour : undefined;
}

/**
 * What a job cost on instances of SageMaker.
 *
 * @param seconds billed, on each instance; of training, SageMaker has taken off what Spot saves
 * @returns USD; undefined for a type without a price
 */
export function instanceCost(
  instanceType: string,
  instances: number,
  seconds: number,
  prices: PriceTable = PRICES,
): number | undefined {
  const hour = instanceHour(instanceType, prices);
  return hour === undefined ? undefined : (hour * instances * seconds) / 3_600;
}

/**
 * What a build cost: CodeBuild bills minutes, the last one in full.
 *
 * @param computeType as CodeBuild names it, e.g. `BUILD_GENERAL1_SMALL`
 * @returns USD; undefined for a type without a price
 */
export function buildCost(
  computeType: string,
  seconds: number,
  { builds }: PriceTable = PRICES,
): number | undefined {
  if (!Object.hasOwn(builds, computeType)) return undefined;
  return builds[computeType]!.minute * Math.ceil(seconds / 60);
}
