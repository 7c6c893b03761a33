import type { LocalCloud } from 'local-cloud';
import { execFile } from 'node:child_process';

/** Result of a command. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Starts from here, as an operator's `npx mlops` does. */
const LAUNCHER = 'bin/mlops.cjs';

/** Runs `npx mlops` on a local cloud, in a process of its own. */
export function mlops(
  cloud: LocalCloud,
  args: readonly string[],
  variables: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const { endpoint, region, credentials } = cloud.clientOptions();
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    // CI is not a terminal: without colours.
    CI: 'true',
    ...variables,
  };
  return new Promise((done) => {
    execFile(process.execPath, [LAUNCHER, ...args], { env }, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}
