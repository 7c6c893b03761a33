import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The name of the tests' base image: Node.js and a shell of this machine. */
export const BASE_IMAGE = 'local-cloud-test/base:1';

/** Returns the output of a `docker` command. */
export function docker(...argv: string[]): string {
  return execFileSync('docker', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

/** Returns `describe` where a Docker engine answers, or else `describe.skip`, and says so. */
export function describeWithDocker(): jest.Describe {
  try {
    if (docker('info', '--format', '{{.OSType}}') === 'linux') return describe;
  } catch {
    // As below.
  }
  console.log('skipped: no Docker engine answers, so no containers are run');
  return describe.skip;
}

/** Imports the base image, without a registry: the programs and the libraries that they load. */
export function importBaseImage(): void {
  if (docker('images', '--quiet', BASE_IMAGE) !== '') return;
  const root = mkdtempSync(join(tmpdir(), 'base-image-'));
  try {
    const programs = {
      '/usr/local/bin/node': process.execPath,
      '/bin/sh': '/bin/sh',
      '/bin/chown': '/bin/chown',
    };
    for (const [path, program] of Object.entries(programs)) {
      put(root, path, program);
      for (const library of librariesOf(program)) put(root, library, library);
    }
    for (const folder of ['tmp', 'proc', 'sys', 'dev', 'etc'])
      mkdirSync(join(root, folder), { recursive: true });
    const archive = `${root}.tar`;
    execFileSync('tar', ['--create', '--file', archive, '--directory', root, '.']);
    try {
      docker('import', '--change', 'ENV PATH=/usr/local/bin:/usr/bin:/bin', archive, BASE_IMAGE);
    } finally {
      rmSync(archive);
    }
  } finally {
    rmSync(root, { recursive: true });
  }
}

function put(root: string, path: string, file: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  copyFileSync(realpathSync(file), join(root, path));
}

/** Returns the absolute paths of shared libraries, as `ldd` prints them. */
function librariesOf(program: string): string[] {
  const text = execFileSync('ldd', [program], { encoding: 'utf8' });
  return [...text.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path!);
}
