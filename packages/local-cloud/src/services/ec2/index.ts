import type { ResourceProvider } from '../../core/service';
import { networkTypes } from './resources';

/** EC2's networks as resource types; EC2's API is not served. */
export const ec2: ResourceProvider = { resourceTypes: networkTypes };
