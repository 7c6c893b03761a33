import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud, type CloudOptions } from '../../src/core/cloud';
import type { AnyServiceDefinition } from '../../src/core/service-registry';
import type { ResourceProvider } from '../../src/core/service';
import { OPERATOR_CREDENTIALS } from '../../src/core/principals';

export interface TestCloud {
  cloud: Cloud;
  /** Settings of an unmodified SDK client that talks to the cloud over HTTP. */
  client: { endpoint: string; region: string; credentials: typeof OPERATOR_CREDENTIALS; maxAttempts: number };
  stateDirectory: string;
  /** Closes the cloud and opens a new one on the same state. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a cloud with the given services on a free port, with its state in a temporary directory. */
export async function testCloud(
  services: readonly (AnyServiceDefinition | ResourceProvider)[],
  options: Partial<CloudOptions> = {},
): Promise<TestCloud> {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'cloud-'));
  const open = async () => {
    const cloud = new Cloud({ stateDirectory, ...options }).register(...services);
    const endpoint = await cloud.listen();
    return {
      cloud,
      client: { endpoint, region: cloud.region, credentials: OPERATOR_CREDENTIALS, maxAttempts: 1 },
    };
  };
  const result: TestCloud = {
    ...(await open()),
    stateDirectory,
    async restart() {
      await result.cloud.close();
      Object.assign(result, await open());
    },
    async close() {
      await result.cloud.close();
      rmSync(stateDirectory, { recursive: true, force: true });
    },
  };
  return result;
}
