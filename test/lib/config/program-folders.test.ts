import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { images } from '../../../examples/images/model';
import { local } from '../../../lib';
import { pipelineConfig, type ProgramConfig } from '../../../lib/config';
import { packageRoot } from '../../../lib/config/package-root';
import { checkProgramFolders } from '../../../lib/config/program-folders';

let project: string;
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'project-'));
  for (const file of ['train/Dockerfile', 'programs/serve/Dockerfile', 'empty/notes.txt', '../outside.txt']) {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    if (!file.startsWith('..')) writeFileSync(join(project, file), 'FROM scratch\n');
  }
});
afterAll(() => rmSync(project, { recursive: true }));

const check = (train: ProgramConfig) => () => {
  const config = pipelineConfig('mlops', images, local);
  const programs = { preprocess: { folder: 'train' }, train, serve: { folder: 'train' } };
  checkProgramFolders({ ...config, programs }, project);
};

test.each<[string, ProgramConfig]>([
  ['a folder of the project', { folder: 'train' }],
  ['a folder of its context', { folder: 'programs/serve', context: 'programs' }],
  ['the project itself as the context', { folder: 'train', context: '.' }],
  ['a prebuilt image', { image: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/a@sha256:${'0'.repeat(64)}` }],
])('%s is allowed', (_, program) => {
  expect(check(program)).not.toThrow();
});

// A project that depends on the package has it in node_modules, or linked from elsewhere.
test.each([relative, (_: string, to: string) => to])('the folders of the package are allowed', (path) => {
  const folder = path(project, join(packageRoot(), 'containers', 'training'));
  expect(check({ folder, context: path(project, join(packageRoot(), 'containers')) })).not.toThrow();
});

test.each<[string, ProgramConfig, string]>([
  ['is missing', { folder: 'trian' }, 'programs.train.folder is "trian"; must be a folder with a Dockerfile'],
  [
    'has no Dockerfile',
    { folder: 'empty' },
    'programs.train.folder is "empty"; must be a folder with a Dockerfile',
  ],
  ['is outside of the project', { folder: '..' }, 'programs.train.folder is ".."; must be a folder below '],
  [
    'is elsewhere on the machine',
    { folder: tmpdir() },
    `programs.train.folder is "${tmpdir()}"; must be a folder below `,
  ],
  [
    'has a context outside of the project',
    { folder: 'train', context: '..' },
    'programs.train.context is ".."; must be a folder below ',
  ],
  [
    'is not in its context',
    { folder: 'train', context: 'programs' },
    'programs.train.folder is "train"; must be in programs.train.context, "programs"',
  ],
])('a folder that %s is refused', (_, program, message) => {
  expect(check(program)).toThrow(`model "images" is not valid:\n  - ${message}`);
});
