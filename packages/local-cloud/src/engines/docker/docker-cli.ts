import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Variables that tell the `docker` command where its engine is. */
export const DOCKER_VARIABLES = [
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
  'DOCKER_CONFIG',
  'DOCKER_TLS_VERIFY',
  'DOCKER_CERT_PATH',
  'DOCKER_API_VERSION',
  'DOCKER_BUILDKIT',
];

/** Milliseconds until an engine counts as not answering. */
const ANSWER_MS = 20_000;

/** Output of an `inspect` of many images. */
const MAX_OUTPUT = 2 ** 26;

interface CallOptions {
  cwd?: string;
  /** Text for the standard input. */
  input?: string;
  /** Milliseconds. */
  timeout?: number;
}

/** A `docker` command that failed, with what the engine said, or else its last line of output, as the message. */
export class DockerError extends Error {}

/**
 * Runs `docker` with the arguments.
 *
 * @returns its standard output, without the last line end
 * @throws DockerError
 */
export function docker(argv: readonly string[], { input, ...options }: CallOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      'docker',
      argv,
      { env: process.env, ...options, maxBuffer: MAX_OUTPUT },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout.trimEnd());
        const said = engineMessage(stderr) || (error.killed ? 'no answer in time' : error.message);
        reject(new DockerError(said));
      },
    );
    // A command that ends without reading its input is no failure of this process.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}

function engineMessage(stderr: string): string {
  const lines = stderr.trim().split('\n');
  const prefix = 'Error response from daemon: ';
  const said = lines.find((line) => line.startsWith(prefix));
  return said?.slice(prefix.length) ?? lines.at(-1)!;
}

/**
 * Checks that an engine for Linux containers on this machine answers.
 *
 * @throws Error with what was tried and what to do
 */
export async function assertEngineAnswers(): Promise<void> {
  const { DOCKER_HOST } = process.env;
  const fault = await findFault(DOCKER_HOST);
  if (fault === undefined) return;
  throw new Error(
    `No Docker engine can be used: ${fault} (tried: docker info, DOCKER_HOST=${DOCKER_HOST ?? 'not set'}). ` +
      'Start an engine on this machine (on Debian: apt-get install docker.io, then dockerd), set DOCKER_HOST to its socket, or leave out --engine docker.',
  );
}

async function findFault(host: string | undefined): Promise<string | undefined> {
  if (dockerPath() === undefined) return 'the program docker is not installed';
  // Folders of this machine are mounted, and addresses of containers are called.
  if (/^(tcp|ssh|https?):/.test(host ?? '')) return 'the engine is on another machine';
  try {
    const system = await docker(['info', '--format', '{{.OSType}}'], { timeout: ANSWER_MS });
    // An older command succeeds without an engine, and prints an empty line.
    if (system === '') return 'it does not answer';
    return system === 'linux' ? undefined : `it runs containers of ${system}, not of linux`;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Returns the path of the command `docker`; undefined if it is not installed. */
export function dockerPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'docker')).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
