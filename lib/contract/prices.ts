import table from './prices.json';

/** A price and its source. */
interface Sourced {
  /** True if the number was read at the source. */
  readonly checked: boolean;
  readonly source: string;
  /** Date that the source states: a year, a month or a day, ISO 8601; left out where it has none. */
  readonly asOf?: string;
}

export type UnitName = keyof typeof table.units;

/** Prices of one region, dated; `npx mlops cost --refresh` updates those of instances. */
export interface PriceTable {
  readonly region: string;
  readonly currency: string;
  /** ISO 8601, a day. */
  readonly date: string;
  readonly note: string;
  /** Prices on demand, per hour; SageMaker charges the same for training, processing, transform and hosting. */
  readonly instances: Readonly<Record<string, Sourced & { readonly hour: number }>>;
  /** Linux, per minute, by CodeBuild's name of the compute type. */
  readonly builds: Readonly<Record<string, Sourced & { readonly minute: number }>>;
  readonly units: Readonly<Record<UnitName, Sourced & { readonly price: number }>>;
  /** Items free of charge in CloudWatch, per account and month. */
  readonly alwaysFree: { readonly alarms: number; readonly dashboards: number };
}

export const PRICES: PriceTable = table;

/** Returns the hourly price of an instance type; undefined for a type that the table does not have. */
export function instanceHour(instanceType: string, { instances }: PriceTable = PRICES): number | undefined {
  return Object.hasOwn(instances, instanceType) ? instances[instanceType]!.hour : undefined;
}

/**
 * Returns the cost of a job on SageMaker instances.
 *
 * @param seconds billed, on each instance; for training, SageMaker has deducted the Spot savings
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
 * Returns the cost of a build: CodeBuild bills minutes, the last one in full.
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
