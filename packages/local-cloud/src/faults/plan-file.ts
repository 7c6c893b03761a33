import { readFileSync } from 'node:fs';
import { FaultPlanError } from './check';
import type { FaultPlan, InjectedFault } from './rules';

/**
 * Reads the file of a plan; the cloud checks it when it starts.
 *
 * @throws FaultPlanError if there is none, or it is not JSON
 */
export function readPlan(file: string): FaultPlan {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as FaultPlan;
  } catch (error) {
    throw new FaultPlanError(
      `The plan of faults ${file} cannot be read: ${(error as Error).message}; it must be a JSON file with {"rules": […]}`,
    );
  }
}

/** Returns a line for each fault that happened and for each rule that caused none. */
export function faultReport(faults: {
  readonly injected: readonly InjectedFault[];
  readonly unused: readonly string[];
}): string {
  const happened = faults.injected.map(
    ({ rule, fault, target, time }) => `fault  ${time}  ${rule}: ${JSON.stringify(fault)} of ${target}\n`,
  );
  const unused = faults.unused.map((rule) => `fault  ${rule} matched nothing: nothing was tested with it\n`);
  return [...happened, ...unused].join('');
}
