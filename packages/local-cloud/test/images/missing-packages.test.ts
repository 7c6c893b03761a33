import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describeMissing, missingPackages } from '../../src/images/missing-packages';
import { readInstalls, readRequirements } from '../../src/images/package-installs';

let context: string;
beforeEach(() => (context = mkdtempSync(join(tmpdir(), 'context-'))));
afterEach(() => rmSync(context, { recursive: true }));

async function missing(lines: string[], files: Record<string, string> = {}, python = process.env.PYTHON!) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(context, name)), { recursive: true });
    writeFileSync(join(context, name), text);
  }
  const dockerfile = join(context, 'Dockerfile');
  writeFileSync(dockerfile, ['FROM base', ...lines, 'ENTRYPOINT ["run"]'].join('\n'));
  return missingPackages({ dockerfile, context, python });
}

const { version: jsonata } = JSON.parse(readFileSync('node_modules/jsonata/package.json', 'utf8')) as {
  version: string;
};

test('Python packages that the interpreter has are not missing, in any version', async () => {
  expect(await missing(['RUN pip install numpy==0.0.1 pip'])).toEqual([]);
  const [found, ...others] = await missing([
    'RUN apt-get update',
    'RUN pip install no-such-package==1.0 numpy',
  ]);
  expect(others).toEqual([]);
  expect(describeMissing(found!)).toBe(
    'line 3: RUN pip install no-such-package==1.0 numpy is not run by the process engine; missing on this machine: no-such-package 1.0',
  );
});

test('without an interpreter, every Python package is missing', async () => {
  const [found] = await missing(['RUN pip install numpy torch'], {}, '/no/python');
  expect(found!.packages).toEqual(['numpy', 'torch']);
});

test.each<[string, string[], string]>([
  ['under its name', ['WORKDIR /app', 'COPY a/wanted.txt ./'], '--requirement wanted.txt'],
  ['under another name', ['COPY a/wanted.txt /other.txt'], '-r /other.txt'],
  ['with its folder', ['WORKDIR /app', 'COPY a lib/'], '--requirement=lib/wanted.txt'],
  ['by a pattern', ['WORKDIR /app', 'COPY a/*.txt .'], '-r wanted.txt'],
])('the packages of a file that is copied %s are read', async (_, lines, option) => {
  const files = {
    'a/wanted.txt': '# ours\nnumpy  # has it\n\nno-such-package>=2,<3\n-e .\nother; python_version < "3"\n',
  };
  const [found] = await missing(
    [...lines, `RUN python3 -m pip install --no-cache-dir ${option} && rm -r /x`],
    files,
  );
  expect(found!.packages).toEqual(['no-such-package >=2,<3']);
});

test('npm packages must have the same version', async () => {
  const of = (dependencies: Record<string, string>) =>
    missing(['WORKDIR /app', 'COPY package.json ./', 'RUN npm ci --omit=dev && npm cache clean --force'], {
      'package.json': JSON.stringify({ dependencies }),
    });
  expect(await of({ jsonata })).toEqual([]);
  const [found] = await of({ jsonata: '0.0.1', 'no-such-module': '1.0.0' });
  expect(found!.packages).toEqual([`jsonata 0.0.1 (here: ${jsonata})`, 'no-such-module 1.0.0']);
});

test.each<[string, ReturnType<typeof readInstalls>]>([
  ['apt-get install -y gcc', []],
  [
    '/opt/bin/pip3 install -c limits.txt a "b[x]==1" c',
    [{ tool: 'pip', packages: ['a', 'b[x]==1', 'c'], files: [] }],
  ],
  [
    'pip install a --index-url https://host/simple; npm install --registry https://host b@2',
    [
      { tool: 'pip', packages: ['a'], files: [] },
      { tool: 'npm', packages: ['b@2'], files: [] },
    ],
  ],
  ['pip uninstall a', []],
])('the installations of %s', (command, expected) => {
  expect(readInstalls(command)).toEqual(expected);
});

test('paths and addresses are no names', () => {
  const packages = ['./local', 'https://host/a.whl', 'git+https://host/a', '.', 'b[extra]~=1.2'];
  expect(readRequirements({ tool: 'pip', packages, files: [] }, () => undefined)).toEqual([
    { name: 'b', version: '~=1.2' },
  ]);
});
