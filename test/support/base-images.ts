import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { BASE_IMAGES } from '../../lib/models/table';
import { docker, hasImage } from './docker';

const run = promisify(execFile);

/** The base images of this repository's containers, as Dockerfiles and configuration name them. */
const NAMES = {
  node: 'public.ecr.aws/docker/library/node:24-bookworm-slim',
  training: BASE_IMAGES.cpu,
};

/** Names under which images are kept for later tests. */
const KEPT = { node: 'sagemaker-mlops-test/node:1', training: 'sagemaker-mlops-test/training:1' };

type Kind = keyof typeof KEPT;
const KINDS = Object.keys(KEPT) as Kind[];
const MAKE: Readonly<Record<Kind, (tag: string) => Promise<void>>> = {
  node: makeNodeBase,
  training: makeTrainingBase,
};

/** The certificates that this machine trusts: its registries may have their own. */
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/**
 * Makes base images from Debian's packages, without a registry of images: one with this repository's Node and npm, and
 * one with PyTorch.
 *
 * @param kinds that are needed
 * @returns their names; undefined where mmdebstrap is not installed, and the engine has to pull the real ones
 */
export async function debianBases(kinds: readonly Kind[] = KINDS): Promise<typeof KEPT | undefined> {
  const able = await run('mmdebstrap', ['--version']).catch(() => undefined);
  if (!able) return undefined;
  for (const kind of kinds) if (!(await hasImage(KEPT[kind]))) await MAKE[kind](KEPT[kind]);
  return KEPT;
}

/**
 * Gives the Debian images the names that builds use, unless the engine has the real images.
 *
 * @returns a function that removes the names again, so that later builds pull the real images
 */
export async function nameDebianBases(kinds: readonly Kind[] = KINDS): Promise<() => Promise<void>> {
  const bases = await debianBases(kinds);
  const given: string[] = [];
  for (const kind of kinds) {
    if (!bases || (await hasImage(NAMES[kind]))) continue;
    await docker('tag', bases[kind], NAMES[kind]);
    given.push(NAMES[kind]);
  }
  return async () => {
    for (const name of given) await docker('rmi', name);
  };
}

/**
 * Builds the image that stands in for built-in XGBoost under the name that SageMaker's has.
 *
 * @returns a function that removes the name again
 */
export async function nameStandIn(uri: string): Promise<() => Promise<void>> {
  if (await hasImage(uri)) return async () => undefined;
  await docker('build', '--quiet', '--tag', uri, join('test', 'support', 'stand-in'));
  return async () => void (await docker('rmi', uri));
}

async function makeNodeBase(tag: string): Promise<void> {
  await inFolder(async (folder) => {
    await importDebian(folder, `${tag}-debian`, ['ca-certificates', 'libstdc++6']);
    const local = join(folder, 'root', 'usr', 'local');
    mkdirSync(join(local, 'bin'), { recursive: true });
    cpSync(join('node_modules', 'node', 'bin', 'node'), join(local, 'bin', 'node'), { dereference: true });
    cpSync(await npmFolder(), join(local, 'lib', 'node_modules', 'npm'), { recursive: true });
    const command = 'RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm';
    await build(folder, tag, [command, `ENV NODE_EXTRA_CA_CERTS=${CERTIFICATES}`]);
  });
}

/**
 * PyPI answers from few of the machines that have no registry of images. What the training image installs from there
 * is recorded as installed, so that pip has nothing to do: with Debian's PyTorch 1.13, a network needs none of it.
 */
async function makeTrainingBase(tag: string): Promise<void> {
  await inFolder(async (folder) => {
    const packages = ['ca-certificates', 'python3', 'python3-numpy', 'python3-torch', 'python3-pip'];
    await importDebian(folder, `${tag}-debian`, packages);
    const requirements = readFileSync(join('containers', 'training', 'requirements.txt'), 'utf8');
    for (const [, name, version] of requirements.matchAll(/^([\w-]+)==(\S+)$/gm)) {
      const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`;
      const file = `root/usr/lib/python3/dist-packages/${name}-${version}.dist-info/METADATA`;
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), metadata);
    }
    await build(folder, tag, ['RUN rm --force /usr/lib/python3*/EXTERNALLY-MANAGED']);
  });
}

async function importDebian(folder: string, tag: string, packages: readonly string[]): Promise<void> {
  if (await hasImage(tag)) return;
  const archive = join(folder, 'debian.tar');
  await run('mmdebstrap', [
    '--quiet',
    '--variant=minbase',
    `--include=${packages.join()}`,
    'bookworm',
    archive,
  ]);
  await docker('import', archive, tag);
  rmSync(archive);
}

/** Builds an image from the Debian image of the same name, with the files of `root` below `folder`. */
async function build(folder: string, tag: string, instructions: readonly string[]): Promise<void> {
  const certificates = join(folder, 'root', CERTIFICATES);
  mkdirSync(dirname(certificates), { recursive: true });
  if (existsSync(CERTIFICATES)) cpSync(CERTIFICATES, certificates);
  writeFileSync(
    join(folder, 'Dockerfile'),
    [`FROM ${tag}-debian`, 'COPY root/ /', ...instructions].join('\n'),
  );
  await docker('build', '--quiet', '--tag', tag, folder);
}

/** Returns the folder of the npm that this machine has. */
async function npmFolder(): Promise<string> {
  const { stdout } = await run('sh', ['-c', 'command -v npm']);
  return join(dirname(realpathSync(stdout.trim())), '..');
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'base-image-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
