/**
 * Packs what `npm publish` would send, a tarball in `dist/`. It holds this repository's packages too: their names mean
 * nothing in a registry, so that npm takes them from the tarball (`bundleDependencies`), with what they depend on listed
 * as this package's own.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

if (process.argv[2] === 'refuse') {
  process.stderr.write(
    'npm pack and npm publish would pack the sources; npm run package writes the tarball, dist/sagemaker-mlops-pipeline-<version>.tgz\n',
  );
  process.exit(1);
}

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
const STAGE = join('dist', 'package');
const FOLDERS = ['bin', 'containers', 'docs', 'examples'];
const FILES = ['CHANGELOG.md', 'LICENSE', 'README.md', 'cdk.json'];
const SCRIPTS = ['init', 'init.mjs', 'setup.mjs'];
const BUNDLES = ['bin', 'cli', 'lambda', 'lib', 'start'];

rmSync(STAGE, { recursive: true, force: true });
mkdirSync(join(STAGE, 'dist'), { recursive: true });
for (const name of [...FOLDERS, ...FILES]) copy(name);
for (const name of SCRIPTS) copy(join('scripts', name));
for (const name of BUNDLES) copy(join('dist', name));
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const dependencies = { ...manifest.dependencies };
const own = readdirSync('packages');
for (const name of own) {
  const {
    devDependencies: _,
    scripts: __,
    ...packed
  } = JSON.parse(readFileSync(join('packages', name, 'package.json'), 'utf8'));
  Object.assign(dependencies, packed.dependencies);
  const folder = join(STAGE, 'node_modules', name);
  for (const part of ['README.md', ...packed.files]) copy(join('packages', name, part), join(folder, part));
  // What it depends on is found above it.
  writeFileSync(join(folder, 'package.json'), json({ ...packed, dependencies: {} }));
}
const { workspaces: _, private: __, overrides: ___, scripts: ____, ...published } = manifest;
writeFileSync(
  join(STAGE, 'package.json'),
  json({ ...published, dependencies: sorted(dependencies), bundleDependencies: own }),
);
run('node_modules/.bin/node', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json');
const [{ filename }] = JSON.parse(
  execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', '..'], {
    cwd: STAGE,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
);
process.stdout.write(`${join('dist', filename)}\n`);

function copy(from, to = join(STAGE, from)) {
  if (!existsSync(from)) throw new Error(`${from} is missing; build first: npm run build`);
  cpSync(from, to, {
    recursive: true,
    filter: (path) => !/(^|\/)(__pycache__|\.compile-cache|node_modules)(\/|$)/.test(path),
  });
}

function run(command, ...args) {
  execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
}

function sorted(record) {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}
