import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { AnswerFault, JobFault } from './rules';

/** Failure reasons of jobs, as SageMaker words them in `FailureReason`. */
export const JOB_CAPACITY =
  'CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.';
export const JOB_INTERNAL = 'InternalServerError: We encountered an internal error.  Please try again.';
const OUT_OF_MEMORY =
  'ClientError: Please use an instance type with more memory, or reduce the size of job data processed on an instance., exit code: 137';

/** The failure reason of an endpoint without instances. */
export const ENDPOINT_CAPACITY =
  'Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please retry using a different ML instance type or after some time.';

/** Returns the reason of a job that never gets its instance. */
export function startFailure(fault: JobFault | undefined): string | undefined {
  if (fault === 'capacity') return JOB_CAPACITY;
  return fault === 'internalError' ? JOB_INTERNAL : undefined;
}

/** Returns SageMaker's own reason for a program's end; undefined where the program's exit code says it. */
export function endReason(fault: JobFault | undefined): string | undefined {
  return fault === 'outOfMemory' ? OUT_OF_MEMORY : undefined;
}

/** The end of a program that is not started. */
export interface FaultyExit {
  readonly exitCode: number;
  readonly message: string;
}

/** Returns the end of a program that a fault ends: with 137 as the kernel's killer of processes without memory. */
export function exitOf(fault: JobFault | undefined): FaultyExit | undefined {
  if (fault === 'crash') return { exitCode: 1, message: '' };
  if (fault === 'outOfMemory') return { exitCode: 137, message: '' };
  if (fault === 'outOfTime') return { exitCode: 143, message: '' };
  if (typeof fault === 'object' && 'exitCode' in fault) return { message: '', ...fault };
  return undefined;
}

/** Returns the answer that a fault puts in place of the container's. */
export function answerOf(
  fault: JobFault | undefined,
): { status: number; contentType: string; body: Buffer } | undefined {
  if (typeof fault !== 'object' || !('answer' in fault)) return undefined;
  const { status = 200, body = '', contentType = 'application/json' }: AnswerFault['answer'] = fault.answer;
  return { status, contentType, body: Buffer.from(body) };
}

/** Cuts every file below a folder to its first half, as a write that was broken off leaves it. */
export function corruptFiles(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    truncateSync(file, Math.floor(statSync(file).size / 2));
  }
}
