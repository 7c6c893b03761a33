/**
 * Sets up what a fresh machine lacks: npm packages, Node 24 (one of them), and a Python with the modules that the models'
 * programs import (`mlops.python` in `package.json`). Runs on Node 20 without any package. What is there already is left
 * alone, so a second call costs milliseconds.
 * `node scripts/setup.mjs packages` leaves Python out; `node scripts/setup.mjs python` prints the interpreter instead.
 *
 * The npm scripts name Node 24 by its path: the shell that started this has looked `node` up and remembers it.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = dirname(dirname(fileURLToPath(import.meta.url)));

const DEBIAN_PYTHON = '/usr/bin/python3';

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv[2] === 'python') {
    process.stdout.write(`${findPython(repository)}\n`);
  } else {
    setUpPackages();
    if (process.argv[2] !== 'packages') setUpPython(repository);
  }
}

/** Sets up a project that depends on this package, whose npm packages are installed. @param {string} root its folder */
export function setUpProject(root) {
  const manifest = createRequire(join(root, 'package.json')).resolve('node/package.json');
  if (!existsSync(join(dirname(manifest), 'bin', 'node'))) installNode(root);
  setUpPython(root);
}

/**
 * Returns the modules that the programs import on this machine, with the package that has each: pip's and Debian's.
 *
 * @returns {Record<string, { pip: string, apt: string }>}
 */
function pythonModules(root) {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).mlops?.python ?? {};
}

function setUpPackages() {
  const stamp = join(repository, 'node_modules', '.setup');
  const wanted = createHash('sha256')
    .update(readFileSync(join(repository, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('installing npm packages (about a minute, once)');
  const command = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  run(repository, 'npm', command, 'npm ci failed; the lines above say why');
  installNode(repository);
  writeFileSync(stamp, wanted);
}

/** The one install script that is needed: it fetches Node 24 for this machine. */
function installNode(root) {
  const command = ['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error'];
  run(root, 'npm', command, 'Node 24 could not be installed');
}

function setUpPython(root) {
  if (findPython(root)) return;
  const modules = pythonModules(root);
  const names = Object.keys(modules);
  say(`installing Python's ${names.join(', ')} (some minutes, once)`);
  // Where Debian's Python has some of them, the rest costs less than all of them again.
  const debianFirst = missingModules(DEBIAN_PYTHON, names).length < names.length;
  for (const install of debianFirst ? [installByApt, installByPip] : [installByPip, installByApt]) {
    install(root, modules);
    if (findPython(root)) return;
  }
  fail(
    `no Python with ${names.join(', ')} was found or could be installed; ${DEBIAN_PYTHON} lacks ` +
      `${missingModules(DEBIAN_PYTHON, names).join(', ')}; install them (pip or apt) and set PYTHON to the interpreter that has them`,
  );
}

/**
 * The first interpreter that has what is needed: `PYTHON`, `.venv`, `/usr/bin/python3`, `python3`.
 *
 * @param {string} folder of the project
 * @returns {string | undefined} a path or command
 */
export function findPython(folder) {
  const names = Object.keys(pythonModules(folder));
  const given = process.env.PYTHON;
  if (given) {
    const missing = missingModules(given, names);
    if (missing.length === 0) return given;
    fail(`PYTHON is "${given}", which has no ${missing.join(', ')}; install them there or unset PYTHON`);
  }
  const candidates = [join(folder, '.venv', 'bin', 'python'), DEBIAN_PYTHON, 'python3'];
  return candidates.find((python) => missingModules(python, names).length === 0);
}

/** Looks for the modules without importing them: importing torch takes seconds. No interpreter misses all of them. */
function missingModules(python, names) {
  const code = `import importlib.util as u; print(*[m for m in ${JSON.stringify(names)} if not u.find_spec(m)])`;
  const { status, stdout } = spawnSync(python, ['-c', code], { encoding: 'utf8' });
  return status === 0 ? stdout.split(/\s+/).filter(Boolean) : [...names, 'python3'];
}

/** Into `.venv`, which is removed again if it was not there before. */
function installByPip(root, modules) {
  const venv = join(root, '.venv');
  const existed = existsSync(venv);
  const packages = Object.values(modules).map(({ pip }) => pip);
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
function installByApt(root, modules) {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0)
    return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { stdio: ['ignore', 'ignore', 'inherit'], env };
  const missing = missingModules(DEBIAN_PYTHON, Object.keys(modules));
  const packages = missing.map((name) => modules[name]?.apt ?? name);
  spawnSync('apt-get', ['update', '-qq'], options);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options);
}

function run(root, command, args, failure) {
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
