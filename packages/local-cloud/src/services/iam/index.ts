import type { ResourceProvider } from '../../core/service';
import { identityTypes } from './resources';

/** IAM's roles and policies as resource types; IAM's API is not served. */
export const iam: ResourceProvider = { resourceTypes: identityTypes };
