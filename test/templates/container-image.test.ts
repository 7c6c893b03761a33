import { App, AssetStaging, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ContainerImage } from '../../lib/images/container-image';

const project = process.cwd();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'images-'));
  cpSync(join(project, 'containers', 'inference'), join(folder, 'containers', 'inference'), {
    recursive: true,
    filter: (source) => !source.includes('.compile-cache'),
  });
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(project);
  rmSync(folder, { recursive: true, force: true });
});

function contentHash(): string {
  AssetStaging.clearAssetHashCache();
  const stack = new Stack(new App({ outdir: join(folder, 'cdk.out') }), 'Images');
  const repository = new Repository(stack, 'Repository');
  return new ContainerImage(stack, 'Image', { name: 'inference', repository }).contentHash;
}

// Otherwise every run of the programs in this checkout would build their images anew.
test.each([
  ['.compile-cache/v24/a', true],
  ['node_modules/onnxruntime-node/index.js', true],
  ['__pycache__/schema.pyc', true],
  ['extra.ts', false],
])('an image with a new file %s keeps its hash: %s', (file, same) => {
  const before = contentHash();
  const path = join(folder, 'containers', 'inference', file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'x');
  expect(contentHash() === before).toBe(same);
});
