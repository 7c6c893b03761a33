import type { PipelineConfig } from '../../lib/config';
import { local } from '../support/configs';

/** Everything in a private network, and training data in a file system. */
export const withFileSystem: PipelineConfig = {
  ...local,
  network: { zones: 2, cidr: '10.3.0.0/16' },
  training: {
    ...local.training,
    input: { mode: 'FSxLustre', storageGb: 1_200, throughputPerTib: 125 },
  },
};
