/**
 * Sets up what a fresh machine lacks: npm packages, Node 24 (one of them), and a Python with PyTorch. Runs on
 * Node 20 without any package. What is there already is left alone, so a second call costs milliseconds.
 *
 * The npm scripts name Node 24 by its path: the shell that started this has looked `node` up and remembers it.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What the container programs import. */
const PYTHON_MODULES = ['torch', 'numpy'];

/** The versions of the training image; from version 2 on, torch exports to ONNX only where onnx is installed. */
const PIP_PACKAGES = ['torch==2.13.*', 'numpy==2.*', 'onnx==1.23.1'];

const isMain = process.argv[1] === fileURLToPath(import.meta.url);
if (isMain) {
  setUpPackages();
  setUpPython();
}

function setUpPackages() {
  const stamp = join(root, 'node_modules', '.setup');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('installing npm packages (about a minute, once)');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'npm ci failed; the lines above say why');
  // The one install script that is needed: it fetches Node 24 for this machine.
  run(
    'npm',
    ['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error'],
    'Node 24 could not be installed',
  );
  writeFileSync(stamp, wanted);
}

function setUpPython() {
  if (findPython(root)) return;
  say('installing Python with PyTorch (some minutes, once)');
  if (!installByPip()) installByApt();
  if (findPython(root)) return;
  fail(
    `no Python with ${PYTHON_MODULES.join(' and ')} was found or could be installed; ` +
      'install PyTorch (https://pytorch.org) and set PYTHON to the interpreter that has it',
  );
}

/**
 * The first interpreter that has what is needed: `PYTHON`, `.venv`, `/usr/bin/python3`, `python3`.
 *
 * @param {string} folder of the project
 * @returns {string | undefined} a path or command
 */
export function findPython(folder) {
  const given = process.env.PYTHON;
  if (given && !hasModules(given)) {
    fail(
      `PYTHON is "${given}", which has no ${PYTHON_MODULES.join(' and ')}; install them there or unset PYTHON`,
    );
  }
  const candidates = [given, join(folder, '.venv', 'bin', 'python'), '/usr/bin/python3', 'python3'];
  return candidates.find((python) => python && hasModules(python));
}

/** Looks for the modules without importing them: importing torch takes seconds. */
function hasModules(python) {
  const code = `import importlib.util as u, sys; sys.exit(0 if all(u.find_spec(m) for m in ${JSON.stringify(PYTHON_MODULES)}) else 1)`;
  return spawnSync(python, ['-c', code], { stdio: 'ignore' }).status === 0;
}

function installByPip() {
  const venv = join(root, '.venv');
  const python = join(venv, 'bin', 'python');
  const steps = [
    ['python3', ['-m', 'venv', venv]],
    [python, ['-m', 'pip', 'install', '--quiet', '--retries', '1', '--timeout', '10', ...PIP_PACKAGES]],
  ];
  const done = steps.every(
    ([command, args]) => spawnSync(command, args, { stdio: 'ignore', cwd: root }).status === 0,
  );
  if (!done) rmSync(venv, { recursive: true, force: true });
  return done;
}

/** Debian's own PyTorch: CPU only, no registry of Python packages needed. */
function installByApt() {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0)
    return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 'ignore', 'inherit'], env });
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'python3-torch'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env,
  });
}

function run(command, args, failure) {
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  try {
    execFileSync(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  } catch {
    fail(failure);
  }
}

function say(message) {
  process.stderr.write(`setup: ${message}\n`);
}

function fail(message) {
  process.stderr.write(`setup: ${message}\n`);
  process.exit(1);
}
