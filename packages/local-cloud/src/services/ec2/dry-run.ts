import { ServiceError } from '../../model/errors';

/** Ends a request that is only a trial: its permissions were checked before. @throws ServiceError DryRunOperation */
export function refuseDryRun(isDryRun: boolean | undefined): void {
  if (!isDryRun) return;
  const message = 'Request would have succeeded, but DryRun flag is set.';
  throw new ServiceError('DryRunOperation', message, { status: 412 });
}
