#!/usr/bin/env node
// Runs on Node 20 without any package: it is what sets the rest up.
const { spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');
const { pathToFileURL } = require('node:url');

const ROOT = join(__dirname, '..');
const USAGE = `Usage: sagemaker-mlops-pipeline <command>

  init <dir>      write a project that depends on this package
  setup           install what the project's programs need on this machine
  start [flags]   run a pipeline of the project on this machine: setup, then npm start's flags (start --help)
  check [path]    check the project's programs against the contract of SageMaker's containers (mlops check)

The operator's commands are those of mlops: npx mlops --help.
`;

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});

async function main([command, ...args]) {
  switch (command) {
    case 'init':
      return (await import(pathToFileURL(join(ROOT, 'scripts', 'init.mjs')).href)).main(args);
    case 'setup':
      await setUp();
      return 0;
    case 'start':
      await setUp();
      return program(join(ROOT, 'dist', 'start', 'main.js'), args);
    case 'check':
      await setUp();
      return program(join(ROOT, 'bin', 'mlops.cjs'), ['check', ...args]);
    case undefined:
    case 'help':
    case '--help':
      process.stdout.write(USAGE);
      return command === undefined ? 64 : 0;
    default:
      process.stderr.write(`"${command}" is no command; commands are init, setup, start, check\n`);
      return 64;
  }
}

async function setUp() {
  if (!existsSync('mlops.config.ts')) {
    process.stderr.write(
      `there is no mlops.config.ts in ${process.cwd()}; run the command in the project's folder, or write a project with init <dir>\n`,
    );
    process.exit(64);
  }
  const { setUpProject } = await import(pathToFileURL(join(ROOT, 'scripts', 'setup.mjs')).href);
  setUpProject(process.cwd());
}

/** Runs a program with the project's Node 24. @returns its exit code; 130 after Ctrl-C, which the program has received too */
function program(file, args) {
  const manifest = createRequire(join(process.cwd(), 'package.json')).resolve('node/package.json');
  const node = join(dirname(manifest), 'bin', 'node');
  // Ctrl-C reaches the program itself; this process waits for its end.
  process.on('SIGINT', () => undefined);
  const { status, signal } = spawnSync(node, [file, ...args], { stdio: 'inherit' });
  return status ?? (signal === 'SIGINT' ? 130 : 1);
}
