import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud } from '../core/cloud';
import { RESOURCE_TYPES, SERVICES } from '../services';

export interface Supported {
  /** Operations by service id. */
  readonly operations: Readonly<Record<string, readonly string[]>>;
  readonly resourceTypes: readonly string[];
}

/** Returns what the local cloud has, from the services themselves; it starts none. */
export function supported(): Supported {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'supported-'));
  try {
    const cloud = new Cloud({ stateDirectory }).register(...SERVICES);
    return {
      operations: Object.fromEntries(cloud.serviceIds.sort().map((id) => [id, cloud.operationsOf(id)])),
      resourceTypes: Object.keys(RESOURCE_TYPES).sort(),
    };
  } finally {
    rmSync(stateDirectory, { recursive: true, force: true });
  }
}
