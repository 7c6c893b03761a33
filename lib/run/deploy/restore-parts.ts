import type { NodeFunction } from '../../platform/node-function';
import type { ModelRole } from '../../serving/model-role';
import type { AcquireEndpointLock } from './endpoint-lock';

/** What restoring the champion uses of the phase that deploys. */
export interface RestoreParts {
  readonly lock: AcquireEndpointLock;
  readonly modelRole: ModelRole;
  /** Undefined for batch predictions, which have no endpoint. */
  readonly smokeTest?: NodeFunction;
}
