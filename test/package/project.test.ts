import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { LastRun } from '../../start/report';
import { story } from '../runs/story';

/** A project that depends on the packed package, in an empty folder: what a new user does, with npm's registry. */
const { step } = story();

let folder: string;
let project: string;
let tarball: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'package-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command of the project. @returns what it printed @throws with the output if it fails */
function inProject(command: string, ...args: string[]): string {
  // What npm and Jest set for this process is not there in a terminal.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_|NODE_(?!EXTRA_CA_CERTS)|JEST_|PYTHON$)/.test(name),
    ),
  );
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: project, env, encoding: 'utf8' });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`);
  return stdout;
}

step('the package is packed without the sources of the framework', () => {
  const printed = execFileSync(process.execPath, ['scripts/package.mjs'], { encoding: 'utf8' });
  tarball = resolve(printed.trim());
  execFileSync('tar', ['-xzf', tarball, '-C', folder]);
  const packed = join(folder, 'package');
  expect(readdirSync(packed).sort()).toEqual(
    ['CHANGELOG.md', 'LICENSE', 'README.md', 'bin', 'cdk.json', 'containers', 'dist', 'docs'].concat([
      ...['examples', 'node_modules', 'package.json', 'scripts'],
    ]),
  );
  const { dependencies } = JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  // Their names belong to others in a registry: npm takes them from the tarball.
  for (const name of readdirSync('packages')) {
    expect(dependencies).toHaveProperty([name]);
    expect(existsSync(join(packed, 'node_modules', name, 'dist', 'index.js'))).toBe(true);
  }
});

step('init writes a project of a dozen and a half files, whose packages npm installs', () => {
  project = join(folder, 'fraud');
  execFileSync('node', [
    join(folder, 'package', 'bin', 'sagemaker-mlops-pipeline.cjs'),
    ...['init', project, '--package', `file:${tarball}`],
  ]);
  const files = readdirSync(project, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !entry.parentPath.endsWith('data'),
  );
  expect(files.length).toBeLessThan(20);
  inProject('npm', 'install', '--no-audit', '--no-fund');
});

step('npm start trains, deploys and asks the model', () => {
  inProject('npm', 'start', '--', '--once');
  const run = JSON.parse(readFileSync(join(project, '.local', 'last-run.json'), 'utf8')) as LastRun;
  expect(run).toMatchObject({ decision: 'deployed', prediction: { difference: null } });
});

step('npm test checks every clause and runs the pipeline', () => {
  const printed = inProject('npm', 'test');
  expect(printed).toContain('✓');
  expect(printed).not.toContain('✗');
  expect(printed).toContain('Decision    deployed');
});

step('types, synthesis and the operator have the project, and nothing of the repository', () => {
  inProject('npm', 'run', 'typecheck');
  inProject('npm', 'run', 'synth');
  const stacks = inProject('npx', 'cdk', 'list').trim().split('\n');
  expect(stacks.map((line) => line.split(' ')[0])).toEqual(
    ['local', 'dev'].flatMap((place) =>
      ['Storage', 'Pipeline', 'Inference'].map((stack) => `trips-${place}/${stack}`),
    ),
  );
  expect(inProject('npx', 'mlops', '--help')).toContain('Usage: mlops');
});

step('a fault of the configuration has its field, value and what is allowed', () => {
  const file = join(project, 'mlops.config.ts');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace("name: 'fraud'", "name: 'Fraud Detection'"));
  expect(() => inProject('npm', 'run', 'synth')).toThrow(
    /name is "Fraud Detection"; must be lower-case words joined by hyphens/,
  );
  writeFileSync(file, text);
});
