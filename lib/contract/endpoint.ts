/** Status of an endpoint that serves, perhaps on an earlier configuration: after a rollback it is in service too. */
export const IN_SERVICE = 'InService';

/** Status of an endpoint that serves nothing, and can only be deleted. */
export const FAILED = 'Failed';

/** Statuses in which an endpoint can only be deleted. */
export const LOST_STATUSES: readonly string[] = [FAILED, 'UpdateRollbackFailed'];

/** Statuses that end by themselves, in {@link IN_SERVICE} or {@link FAILED}; SageMaker refuses changes until then. */
export const UPDATING_STATUSES: readonly string[] = ['Creating', 'Updating', 'SystemUpdating', 'RollingBack'];

/** {@link UPDATING_STATUSES} as events name them. */
export const UPDATING_EVENTS: readonly string[] = ['CREATING', 'UPDATING', 'SYSTEM_UPDATING', 'ROLLING_BACK'];

/** Statuses in which SageMaker refuses changes. */
export const CHANGING_STATUSES: readonly string[] = [...UPDATING_STATUSES, 'Deleting'];

/** Part of the message that a resource does not exist: SageMaker has no error name for it. */
export const NOT_FOUND = 'Could not find';
