import known from './built-ins.json';

/** SageMaker's built-in algorithms that a configuration can name. */
export const BUILT_INS = ['xgboost'] as const;
export type BuiltIn = (typeof BUILT_INS)[number];

/** Image of an algorithm. */
export interface BuiltInImage {
  readonly repository: string;
  /** Tags that can be named; older ones are left out. */
  readonly versions: readonly string[];
  /** Account of the registry by region. */
  readonly accounts: Readonly<Record<string, string>>;
}

export function builtInImage(name: BuiltIn): BuiltInImage {
  return known[name];
}

/** Returns the end of the host names of services in a region. */
export function urlSuffix(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}
