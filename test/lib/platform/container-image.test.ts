import { App, AssetStaging, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { execFileSync } from 'node:child_process';
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

function containerImage(name: 'inference' | 'training'): { stack: Stack; image: ContainerImage } {
  AssetStaging.clearAssetHashCache();
  const stack = new Stack(new App({ outdir: join(folder, 'cdk.out') }), 'Images');
  const repository = new Repository(stack, 'Repository');
  const image = new ContainerImage(stack, 'Image', {
    ...{ name, repository, folder: `containers/${name}`, context: 'containers' },
  });
  return { stack, image };
}

const contentHash = (name: 'inference' | 'training') => containerImage(name).image.contentHash;

function git(...argv: string[]): void {
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...argv], {
    stdio: 'ignore',
  });
}

function write(file: string, text = 'x'): void {
  const path = join(folder, 'containers', file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
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
  // What systems and editors leave, even where a pattern of the Dockerfile matches it.
  ['inference', 'table/.DS_Store', true],
  ['training', 'training/.train.py.swp', true],
  ['training', 'training/.#train.py', true],
  ['training', 'training/._train.py', true],
  ['inference', 'inference/main.ts~', true],
])('the image %s with a new file %s keeps its hash: %s', (name, file, same) => {
  const before = contentHash(name);
  write(file);
  expect(contentHash(name) === before).toBe(same);
});

describe('in a git repository', () => {
  let outside: string;
  beforeEach(() => {
    outside = contentHash('training');
    git('init', '--quiet');
    git('add', 'containers');
    git('commit', '--quiet', '--message', 'all');
  });

  // Otherwise a build host without git would build all images anew.
  test('the hash is that of the same files without git', () => {
    expect(contentHash('training')).toBe(outside);
  });

  test('an untracked file is not in the image, and a warning names it; an ignored one is left out silently', () => {
    write('training/draft [1].py');
    write('training/local.py');
    writeFileSync(join(folder, '.gitignore'), 'local.py\n');
    const { image, stack } = containerImage('training');
    expect(image.contentHash).toBe(outside);
    const warnings = Annotations.fromStack(stack).findWarning('*', Match.anyValue());
    expect(warnings.map(({ entry }) => entry.data)).toEqual([
      expect.stringContaining('does not contain containers/training/draft [1].py, which git does not track'),
    ]);
  });

  test('a file counts once it is added, and so does a change that is not committed', () => {
    write('training/draft.py');
    git('add', 'containers/training/draft.py');
    const added = contentHash('training');
    expect(added).not.toBe(outside);
    write('training/draft.py', 'y');
    expect(contentHash('training')).not.toBe(added);
  });

  // A package in node_modules, or a model of a team that is not added yet.
  test('a folder that git does not track is read as without git', () => {
    git('rm', '--quiet', '--cached', '-r', 'containers/training');
    expect(contentHash('training')).toBe(outside);
  });
});
