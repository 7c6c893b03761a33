import { environments } from '../../support/configs';
import { BARE_VPC, withBucket } from './account';
import { dev } from './synthesis';
import * as variants from './variants';

/** Every kind of serving and every part, in a network and with a bucket of the team. */
export const everything = [
  ...environments,
  ...[variants.abTest, variants.approval, variants.asynchronous, variants.batch, variants.byTransform],
  ...[variants.canary, variants.lustre, variants.scaled, variants.serverless, variants.shadow],
  { ...dev, training: { ...dev.training, instanceCount: 2 } },
  ...[variants.workingHours, withBucket({ ...dev, network: BARE_VPC })],
];
