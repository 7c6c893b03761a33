/**
 * Sets up what a fresh machine lacks: npm packages, Node 24 (one of them), and a Python with PyTorch and XGBoost. Runs on
 * Node 20 without any package. What is there already is left alone, so a second call costs milliseconds.
 * `node scripts/setup.mjs packages` leaves Python out; `node scripts/setup.mjs python` prints the interpreter instead.
 *
 * The npm scripts name Node 24 by its path: the shell that started this has looked `node` up and remembers it.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * What the training programs import, with the package that has it: pip's in the versions of the training image, and
 * Debian's. From version 2 on, torch exports to ONNX only where onnx is installed.
 */
const PYTHON_MODULES = {
  torch: { pip: 'torch==2.13.*', apt: 'python3-torch' },
  numpy: { pip: 'numpy==2.*', apt: 'python3-numpy' },
  onnx: { pip: 'onnx==1.23.1', apt: 'python3-onnx' },
  xgboost: { pip: 'xgboost==3.4.1', apt: 'python3-xgboost' },
  // examples/images reads PNG files with it.
  PIL: { pip: 'pillow==12.3.0', apt: 'python3-pil' },
};
const NAMES = Object.keys(PYTHON_MODULES);
const DEBIAN_PYTHON = '/usr/bin/python3';

const isMain = process.argv[1] === fileURLToPath(import.meta.url);
if (isMain) {
  if (process.argv[2] === 'python') {
    process.stdout.write(`${findPython(root)}\n`);
  } else {
    setUpPackages();
    if (process.argv[2] !== 'packages') setUpPython();
  }
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
  say(`installing Python's ${NAMES.join(', ')} (some minutes, once)`);
  // Where Debian's Python has some of them, the rest costs less than all of them again.
  const debianFirst = missingModules(DEBIAN_PYTHON).length < NAMES.length;
  for (const install of debianFirst ? [installByApt, installByPip] : [installByPip, installByApt]) {
    install();
    if (findPython(root)) return;
  }
  fail(
    `no Python with ${NAMES.join(', ')} was found or could be installed; ${DEBIAN_PYTHON} lacks ` +
      `${missingModules(DEBIAN_PYTHON).join(', ')}; install them (pip or apt) and set PYTHON to the interpreter that has them`,
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
  if (given) {
    const missing = missingModules(given);
    if (missing.length === 0) return given;
    fail(`PYTHON is "${given}", which has no ${missing.join(', ')}; install them there or unset PYTHON`);
  }
  const candidates = [join(folder, '.venv', 'bin', 'python'), DEBIAN_PYTHON, 'python3'];
  return candidates.find((python) => missingModules(python).length === 0);
}

/** Looks for the modules without importing them: importing torch takes seconds. No interpreter misses all of them. */
function missingModules(python) {
  const code = `import importlib.util as u; print(*[m for m in ${JSON.stringify(NAMES)} if not u.find_spec(m)])`;
  const { status, stdout } = spawnSync(python, ['-c', code], { encoding: 'utf8' });
  return status === 0 ? stdout.split(/\s+/).filter(Boolean) : NAMES;
}

/** Into `.venv`, which is removed again if it was not there before. */
function installByPip() {
  const venv = join(root, '.venv');
  const existed = existsSync(venv);
  const packages = NAMES.map((name) => PYTHON_MODULES[name].pip);
  const steps = [
    ['python3', ['-m', 'venv', venv]],
    [
      join(venv, 'bin', 'python'),
      ['-m', 'pip', 'install', '--quiet', '--retries', '1', '--timeout', '10', ...packages],
    ],
  ];
  const done = steps.every(
    ([command, args]) => spawnSync(command, args, { stdio: 'ignore', cwd: root }).status === 0,
  );
  if (!done && !existed) rmSync(venv, { recursive: true, force: true });
}

/** Debian's own packages, those that are missing: CPU only, no registry of Python packages needed. */
function installByApt() {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0)
    return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { stdio: ['ignore', 'ignore', 'inherit'], env };
  const packages = missingModules(DEBIAN_PYTHON).map((name) => PYTHON_MODULES[name].apt);
  spawnSync('apt-get', ['update', '-qq'], options);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options);
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
