import { App, AssetStaging, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ContainerImage } from '../../../lib/platform/container-image';

const project = process.cwd();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'images-'));
  for (const name of ['inference', 'table', 'training']) {
    cpSync(join(project, 'containers', name), join(folder, 'containers', name), {
      recursive: true,
      filter: (source) => !/\.compile-cache|__pycache__/.test(source),
    });
  }
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(project);
  rmSync(folder, { recursive: true, force: true });
});

function contentHash(name: 'inference' | 'training'): string {
  AssetStaging.clearAssetHashCache();
  const stack = new Stack(new App({ outdir: join(folder, 'cdk.out') }), 'Images');
  const repository = new Repository(stack, 'Repository');
  return new ContainerImage(stack, 'Image', {
    ...{ name, repository, folder: `containers/${name}`, context: 'containers' },
  }).contentHash;
}

// Otherwise every run of the programs in this checkout would build their images anew.
test.each<['inference' | 'training', string, boolean]>([
  ['inference', 'inference/.compile-cache/v24/a', true],
  ['inference', 'inference/node_modules/onnxruntime-node/index.js', true],
  ['training', 'training/__pycache__/schema.pyc', true],
  ['inference', 'inference/extra.ts', false],
  // What the Dockerfile copies from counts, and nothing else below containers/.
  ['inference', 'table/extra.ts', false],
  ['training', 'table/extra.ts', true],
  ['inference', 'training/extra.py', true],
  ['inference', 'README.md', true],
  // What stands beside what is copied.
  ['training', 'training/notes.txt', true],
])('the image %s with a new file %s keeps its hash: %s', (name, file, same) => {
  const before = contentHash(name);
  const path = join(folder, 'containers', file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'x');
  expect(contentHash(name) === before).toBe(same);
});
