import type { ModelReport } from '../../lib/contract/approval';
import type { GateDecision } from '../../lib/contract/gate';
import type { RunManifest } from '../../lib/contract/run';

/** Objects of the training data that a mail lists; there may be thousands. */
const NAMED_OBJECTS = 5;
const DAY_SECONDS = 86_400;

/** Returns the expiry of the links, seconds since 1970. */
export function expiryOf(now: Date, days: number): number {
  return Math.floor(now.getTime() / 1000) + days * DAY_SECONDS;
}

/** Returns the facts for the approver. @param address `s3://` address of the manifest */
export function modelReport(manifest: RunManifest, decision: GateDecision, address: string): ModelReport {
  const { data, schema, champion, gitCommit, images, hyperparameters } = manifest;
  const { reason, metrics, verdicts } = decision;
  return {
    reason,
    metrics,
    verdicts,
    champion,
    gitCommit,
    images,
    hyperparameters,
    schema,
    data: {
      objects: data.length,
      bytes: data.reduce((sum, { size }) => sum + size, 0),
      first: data.slice(0, NAMED_OBJECTS),
      manifest: address,
    },
  };
}
