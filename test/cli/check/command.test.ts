import { execFile } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import type { Finding } from '../../../cli/check/clauses';
import { PYTHON, ROOT, temporaryFolders, writeFiles } from '../../containers/support/program';
import type { Ended } from '../operator';
import { writeProject, type Change } from './slope';

const folders = temporaryFolders();

/** A project with the model `slope` and one more, which has its programs elsewhere. */
function project(changes: readonly Change[] = []): string {
  const folder = writeProject(folders, changes);
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  const [config, slope] = ['lib/index.ts', 'test/cli/check/slope.ts'].map((file) => path.join(ROOT, file));
  writeFiles(folder, {
    'mlops.config.ts':
      `import { local } from '${config}';\nimport { SLOPE } from '${slope}';\n` +
      `const other = { ...SLOPE, name: 'other', programs: { ...SLOPE.programs, train: { folder: 'other', context: '.' } } };\n` +
      `export default { name: 'app', pipelines: [SLOPE, other].map((model) => ({ model, places: [local] })) };\n`,
    'other/Dockerfile': 'FROM slim\n',
  });
  return folder;
}

/** Runs `npx mlops` in a project. */
function mlops(cwd: string, ...args: string[]): Promise<Ended> {
  const env = { PATH: process.env.PATH, CI: 'true', PYTHON };
  return new Promise((done) => {
    execFile(
      process.execPath,
      [path.join(ROOT, 'bin/mlops.cjs'), ...args],
      { cwd, env },
      (error, stdout, stderr) => done({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

test('good programs: all clauses are held', async () => {
  const { code, stdout, stderr } = await mlops(project(), 'check', 'train', '--model', 'slope', '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(new Set((JSON.parse(stdout) as Finding[]).map(({ result }) => result))).toEqual(new Set(['held']));
});

test('broken programs: what and what to do', async () => {
  const changes = [{ from: "('test', 'scoring/test')", to: "('test', 'scoring/other')" }];
  const { code, stdout } = await mlops(project(changes), 'check', 'train');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^✗ +preprocess +ends with 0 and writes .* +wrote no file to scoring\/test$/m);
  expect(stdout).toMatch(/^– +train +ends with 0/m);
  expect(stdout).toMatch(
    /\n\nTo do:\n✗ preprocess ends with 0 .*: write these folders below processing\/output, and end with 0\.\n$/,
  );
});

test('a folder without programs, of several models, and a wrong path are refused', async () => {
  const folder = project();
  const refused = async (...args: string[]) => {
    const { code, stderr } = await mlops(folder, 'check', ...args);
    return `${code} ${stderr}`;
  };
  expect(await refused('data')).toMatch(
    /^64 .*FOLDER is "data"; no model .* programs are in preprocess \(slope\), train \(slope\)/,
  );
  expect(await refused('preprocess')).toMatch(
    /^64 .*with programs of slope, other; name one of them with --model\./,
  );
  expect(await refused('other', '--model', 'slope')).toMatch(
    /^64 .*with programs of other and not of "slope"/,
  );
  expect(await refused('nowhere')).toMatch(/^64 .*FOLDER is "nowhere", which does not exist\./);
  expect(await refused('train', '--data', 'nothing.csv')).toMatch(
    /^64 .*--data is "nothing\.csv", which does not exist\./,
  );
  expect(await refused('train', '--python', 'no-python')).toMatch(/^64 .*--python is "no-python"; no Python/);
});
