import { ServiceError } from '../model/errors';

/** Errors of a file system that takes no more: no space, and no quota. */
const CODES = ['ENOSPC', 'EDQUOT'];

/** Returns the error to answer if a full disk is the reason; otherwise undefined. */
export function fullDisk(error: unknown, directory: string): ServiceError | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === undefined || !CODES.includes(code)) return undefined;
  const message = `The disk of the state directory ${directory} is full (${code}): free space on it, and repeat the request.`;
  // Not one of the statuses that SDKs retry: that would only be slower.
  return new ServiceError('InsufficientStorage', message, { status: 507, fault: 'server' });
}
