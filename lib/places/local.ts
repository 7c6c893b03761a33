import { dev } from './dev';
import type { PlaceConfig } from '../config';

/**
 * The environment that runs on one machine: `dev` with shorter waits, a real-time endpoint, and a mailbox in a
 * folder.
 */
export const local: PlaceConfig = {
  ...dev,
  environment: 'local',
  retainData: false,
  triggers: { ...dev.triggers, newData: { quietMinutes: 1, maxWaitMinutes: 10 } },
  endpoint: {
    ...dev.endpoint,
    serving: {
      kind: 'realtime',
      variants: [{ name: 'primary', instanceType: 'ml.t2.medium', instanceCount: 1, weight: 1 }],
      scaling: null,
    },
    dataCapturePercent: 100,
    pollSeconds: 1,
    keepModels: 3,
  },
  notifications: { emails: ['team@example.com'] },
};
