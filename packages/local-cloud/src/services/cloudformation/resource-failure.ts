import { ServiceError } from '../../model/errors';

/** The statuses of failed resources. */
export const FAILED = {
  create: 'CREATE_FAILED',
  update: 'UPDATE_FAILED',
  delete: 'DELETE_FAILED',
  import: 'IMPORT_FAILED',
} as const;

/** An interrupted deletion is continued by the next process. */
export const CANCELLED: Partial<Record<keyof typeof FAILED, string>> = {
  create: 'Resource creation cancelled',
  update: 'Resource update cancelled',
};

/** A resource could not be created, changed or deleted; its event has the reason. */
export class ResourceFailure extends Error {
  constructor(
    readonly logicalId: string,
    readonly verb: 'create' | 'update' | 'delete' | 'import',
    reason: string,
  ) {
    super(reason);
  }
}

/**
 * The cloud is being closed, or the stack deleted: the operation stays in progress, for the next process or the deletion
 * to undo or to finish.
 */
export class Interrupted extends Error {}

/**
 * Returns true for errors of handlers that refuse a change before they make any of it: `notSupported`, and
 * CloudFormation's InvalidRequest for properties that cannot change.
 */
export function isRefusal(error: unknown): boolean {
  return error instanceof ServiceError && ['NotImplemented', 'InvalidRequest'].includes(error.code);
}

/** Returns the reason of a failure, as events have it. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
