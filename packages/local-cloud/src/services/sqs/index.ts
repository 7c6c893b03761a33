import type { ResourceProvider } from '../../core/service';
import { Queues } from './queues';
import { queueTypes } from './resources';

/** Dead-letter queues of EventBridge and Scheduler, as resource types; SQS's API is not served. */
export const sqs: ResourceProvider = {
  resourceTypes: queueTypes,
  connect: (cloud) => void cloud.part(Queues),
};
