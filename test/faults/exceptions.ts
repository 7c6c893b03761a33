import type { Effect } from './table';

/** A row that ends otherwise than the table of faults says, and why. */
export interface Exception {
  readonly state: RegExp;
  /** Names of faults; default: all. */
  readonly fault?: RegExp;
  readonly effect?: Effect;
  readonly error?: RegExp;
  readonly says?: RegExp;
  /** True where AWS refuses what would undo the deployment: only the next run can. */
  readonly stranded?: true;
  readonly because: string;
}

export const EXCEPTIONS: readonly Exception[] = [];

export function exceptionOf(state: string, fault: string): Exception | undefined {
  return EXCEPTIONS.find((each) => each.state.test(state) && (each.fault?.test(fault) ?? true));
}
