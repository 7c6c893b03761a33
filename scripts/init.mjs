/**
 * Writes a project that depends on this package: a configuration, one model with its programs and data, and what CDK and
 * CI need. The model is the worked example `examples/own-server`, as the repository's tests run it.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const EXAMPLE = 'own-server';
/** Name of the example's model, and of its folder in the project. */
const MODEL = 'trips';
/** Files of the example that speak of this repository. */
const OF_REPOSITORY = ['README.md', 'generate.mjs'];
const TEXT = ['.ts', '.py', ''];

const USAGE = `Usage: sagemaker-mlops-pipeline init <dir> [--package <version or file>]

  --package    what the project depends on, e.g. file:../sagemaker-mlops-pipeline-1.0.0.tgz
               (default: this version and its successors of the same major version)
`;

/**
 * @param {string[]} args a folder, and options
 * @returns {number} exit code
 */
export function main(args) {
  const parsed = parse(args);
  if (!parsed) {
    process.stderr.write(USAGE);
    return 64;
  }
  const { values, positionals } = parsed;
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const [given] = positionals;
  const folder = resolve(given);
  const files = projectFiles(basename(folder), values.package);
  const there = [...files.keys()].filter((path) => existsSync(join(folder, path)));
  if (there.length > 0) {
    process.stderr.write(
      `init: ${given} has ${there.slice(0, 5).join(', ')}; name a new or empty folder, or move these files away\n`,
    );
    return 1;
  }
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  cpSync(join(ROOT, 'examples', EXAMPLE, 'data'), join(folder, MODEL, 'data'), { recursive: true });
  const shown = relative('', folder) || '.';
  process.stdout.write(
    [
      `Wrote ${files.size} files and the model's data to ${shown}. Next:`,
      '',
      ...(shown === '.' ? [] : [`  cd ${shown}`]),
      '  npm install',
      '  npm start         # the whole pipeline on this machine: trains, deploys and asks the model',
      '  npm test          # the programs against their contract, then a whole run',
      '',
      'README.md says what to replace for a model of your own.',
      '',
    ].join('\n'),
  );
  return 0;
}

function parse(args) {
  try {
    const options = { package: { type: 'string' }, help: { type: 'boolean', short: 'h' } };
    const parsed = parseArgs({ args, options, allowPositionals: true });
    return parsed.values.help || parsed.positionals.length === 1 ? parsed : undefined;
  } catch (error) {
    process.stderr.write(`init: ${error.message}\n`);
    return undefined;
  }
}

/** @returns {Map<string, string>} contents by path in the project */
function projectFiles(folderName, spec) {
  const own = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const template = (name) =>
    readFileSync(join(ROOT, 'scripts', 'init', name), 'utf8')
      .replaceAll('{{app}}', appName(folderName))
      .replaceAll('{{model}}', MODEL);
  const example = exampleFiles();
  const manifest = {
    name: packageName(folderName),
    version: '0.1.0',
    private: true,
    scripts: {
      start: 'sagemaker-mlops-pipeline start',
      test: `sagemaker-mlops-pipeline check ${MODEL} && sagemaker-mlops-pipeline start --once --fresh --state .local/test`,
      typecheck: 'tsc --noEmit -p .',
      synth: 'cdk synth --quiet --strict',
    },
    mlops: { python: pythonOf(example, own.mlops.python) },
    dependencies: { [own.name]: spec ?? dependency(own) },
    devDependencies: Object.fromEntries(
      ['@types/node', 'aws-cdk', 'typescript'].map((name) => [name, own.devDependencies[name]]),
    ),
  };
  const { build: _, ...cdk } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
  // Resolved as Node resolves it, wherever npm has installed the package.
  cdk.app = `node -e "require('${own.name}/app').main()"`;
  return new Map([
    ['mlops.config.ts', template('mlops.config.ts.txt')],
    ['README.md', template('README.md.txt')],
    ['.github/workflows/ci.yml', template('ci.yml.txt')],
    ['.gitignore', template('gitignore.txt')],
    ['.npmrc', template('npmrc.txt')],
    ['tsconfig.json', template('tsconfig.json.txt')],
    ['package.json', json(manifest)],
    ['cdk.json', json(cdk)],
    ...example,
  ]);
}

/** The example as a folder of the project, with the helper that its programs import. */
function exampleFiles() {
  const from = join(ROOT, 'examples', EXAMPLE);
  const paths = readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && TEXT.includes(extname(entry.name)))
    .map((entry) => relative(from, join(entry.parentPath ?? entry.path, entry.name)))
    .filter(
      (path) => !OF_REPOSITORY.includes(path) && !path.startsWith('data') && !path.includes('__pycache__'),
    )
    .sort();
  const inProject = (text) =>
    text
      .replaceAll(`examples/${EXAMPLE}`, MODEL)
      .replaceAll(`${EXAMPLE}/`, `${MODEL}/`)
      .replaceAll("context: 'examples'", "context: '.'")
      .replaceAll('Built in examples/', "Built in the project's folder")
      .replaceAll("'../../lib'", "'sagemaker-mlops-pipeline'");
  const helper = 'helper/mlops_program.py';
  return [
    ...paths.map((path) => [join(MODEL, path), inProject(readFileSync(join(from, path), 'utf8'))]),
    [helper, readFileSync(join(ROOT, 'examples', helper), 'utf8')],
  ];
}

/** The modules that the programs import, of those that this package knows how to install. */
function pythonOf(files, known) {
  const text = files.filter(([path]) => path.endsWith('.py')).map(([, content]) => content);
  const imported = (name) =>
    text.some((content) => new RegExp(`^\\s*(import|from) ${name}\\b`, 'm').test(content));
  return Object.fromEntries(Object.entries(known).filter(([name]) => imported(name)));
}

/**
 * The version that a project depends on: this one and its successors of the same major version; the file, where this
 * package was installed from one.
 */
function dependency({ name, version }) {
  const modules = dirname(ROOT);
  const lock = join(modules, '.package-lock.json');
  if (existsSync(lock)) {
    const { resolved = '' } = JSON.parse(readFileSync(lock, 'utf8')).packages?.[`node_modules/${name}`] ?? {};
    if (resolved.startsWith('file:'))
      return `file:${resolve(dirname(modules), resolved.slice('file:'.length))}`;
  }
  return `^${version}`;
}

/** At most 12 lower-case letters, digits and hyphens, the first one a letter. */
function appName(folder) {
  const words = folder
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '');
  return words.slice(0, 12).replace(/-+$/, '') || 'mlops';
}

function packageName(folder) {
  return (
    folder
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, '-')
      .replace(/^[._-]+/, '') || 'mlops'
  );
}

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}
