import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ProcessImages } from '../../src/images/process-image';

let directory: string;
let images: ProcessImages;
let lines: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'images-'));
  images = new ProcessImages({ stateDirectory: directory });
  lines = [];
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function context(files: Record<string, string>): string {
  const folder = mkdtempSync(join(directory, 'context-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const dockerfile = (...lines: string[]) => ['FROM slim', ...lines, 'ENTRYPOINT ["run"]'].join('\n');
const build = (files: Record<string, string>, buildArguments = {}) =>
  images.build(context(files), buildArguments, (line) => lines.push(line));

function tree(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    files
      .filter((name) => statSync(join(root, name)).isFile())
      .map((name) => [name, readFileSync(join(root, name), 'utf8')]),
  );
}

test('files, globs and folders are copied to the paths that Docker uses', () => {
  const { root } = build({
    Dockerfile: dockerfile(
      'WORKDIR /opt/app',
      'COPY a.py renamed.py',
      'COPY a.py b.py keep/',
      'COPY *.py .',
      'COPY sub /data/',
      'COPY sub/*.txt /texts/',
    ),
    'a.py': 'a',
    'b.py': 'b',
    'sub/one.txt': '1',
    'sub/deep/two.md': '2',
  });
  expect(tree(root)).toEqual({
    'opt/app/renamed.py': 'a',
    'opt/app/keep/a.py': 'a',
    'opt/app/keep/b.py': 'b',
    'opt/app/a.py': 'a',
    'opt/app/b.py': 'b',
    'data/one.txt': '1',
    'data/deep/two.md': '2',
    'texts/one.txt': '1',
  });
});

test('equal content has equal image ids in every folder and at every time', () => {
  const files = { Dockerfile: dockerfile('ARG V=1', 'ENV V=$V', 'COPY a ./'), a: 'text' };
  const first = build(files);
  expect(
    new ProcessImages({ stateDirectory: join(directory, 'elsewhere') }).build(
      context(files),
      {},
      () => undefined,
    ).id,
  ).toBe(first.id);
  expect(build({ ...files, a: 'other' }).id).not.toBe(first.id);
  expect(build(files, { V: '2' }).id).not.toBe(first.id);
});

test('rebuilding an image does not disturb a process that runs in it', () => {
  const files = { Dockerfile: dockerfile('COPY a ./'), a: 'text' };
  const { id, root } = build(files);
  const before = statSync(root).ino;
  expect(build(files)).toMatchObject({ id, root });
  expect(statSync(root).ino).toBe(before);
});

test('an image is found again by its id, and its working directory exists', () => {
  const built = build({ Dockerfile: dockerfile('WORKDIR /opt/nothing') });
  const loaded = new ProcessImages({ stateDirectory: directory }).load(built.id);
  expect(loaded).toEqual(built);
  expect(existsSync(join(loaded.root, 'opt/nothing'))).toBe(true);
  expect(() => images.load('sha256:0')).toThrow(/image sha256:0 is not on this machine; build it again/);
});

test('npm modules of this machine are used if they have the same versions', () => {
  const { version } = JSON.parse(readFileSync('node_modules/jsonata/package.json', 'utf8')) as {
    version: string;
  };
  const files = (wanted: string) => ({
    Dockerfile: dockerfile('WORKDIR /opt/app', 'COPY package.json ./', 'RUN npm ci --ignore-scripts'),
    'package.json': JSON.stringify({ dependencies: { jsonata: wanted } }),
  });
  const { root } = build(files(version));
  expect(existsSync(join(root, 'opt/app/node_modules/jsonata/package.json'))).toBe(true);
  expect(lines).toContain("line 4: uses this machine's npm modules");
  expect(() => build(files('0.0.1'))).toThrow(
    `Dockerfile line 4: the image needs jsonata 0.0.1, this machine has ${version}; install that version for the app.`,
  );
  expect(() =>
    build({ ...files(version), 'package.json': '{"dependencies": {"no-such-module": "1.0.0"}}' }),
  ).toThrow(/no-such-module 1\.0\.0, this machine has none/);
});

test('the log says which instructions were emulated and which were skipped', () => {
  build({ Dockerfile: dockerfile('RUN pip install numpy', 'RUN apt-get update') });
  expect(lines).toEqual([
    'FROM slim (emulated by this machine)',
    'RUN pip install numpy',
    'RUN apt-get update',
    "line 2: uses the Python modules of this machine's interpreter",
    'line 3: skipped',
  ]);
});

test.each<[string, Record<string, string>, RegExp]>([
  ['no Dockerfile', {}, /has no Dockerfile/],
  ['a missing file', { Dockerfile: dockerfile('COPY gone ./') }, /line 2: COPY finds no gone in the build/],
  [
    'a glob without a match',
    { Dockerfile: dockerfile('COPY src/*.py ./') },
    /line 2: COPY finds no src\/\*\.py/,
  ],
  [
    'several files to a target that is not a folder',
    { Dockerfile: dockerfile('COPY *.py /x'), 'a.py': '', 'b.py': '' },
    /line 2: COPY of 2 files needs a folder; end \/x with '\/'/,
  ],
])('refuses %s and leaves no files', (_, files, message) => {
  expect(() => build(files)).toThrow(message);
  expect(existsSync(join(directory, 'images')) ? readdirSync(join(directory, 'images')) : []).toEqual([]);
});
