import { dev } from './dev';
import type { PipelineConfig } from './schema';

/** The environment that runs on one machine: `dev` with shorter waits, and a mailbox in a folder. */
export const local: PipelineConfig = {
  ...dev,
  environment: 'local',
  retainData: false,
  triggers: { ...dev.triggers, newData: { quietMinutes: 1, maxWaitMinutes: 10 } },
  endpoint: { ...dev.endpoint, dataCapturePercent: 100, pollSeconds: 1, keepModels: 3 },
  notifications: { emails: ['team@example.com'] },
};
