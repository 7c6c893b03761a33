import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalCloud } from '../../src';
import { checkStateVersion } from '../../src/core/state-version';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'version-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const versionOf = () => readFileSync(join(directory, 'version'), 'utf8');

test('a new state directory has the current version', () => {
  checkStateVersion(directory);
  expect(versionOf()).toBe('2');
});

test('the state of the first version, which wrote none, is kept and marked', async () => {
  mkdirSync(join(directory, 'state'));
  const jobs = {
    trainingJobs: {},
    processingJobs: {},
    models: {},
    endpointConfigs: {},
    endpoints: {},
    tags: {},
  };
  writeFileSync(join(directory, 'state', 'sagemaker.json'), JSON.stringify(jobs));
  const cloud = await startLocalCloud({ stateDirectory: directory, python: 'python3', apiPort: 0 });
  // A kind of resource that the first version did not have.
  const { TransformJobSummaries } = await cloud.call('sagemaker', 'ListTransformJobs', {});
  await cloud.close();
  expect(TransformJobSummaries).toEqual([]);
  expect(versionOf()).toBe('2');
});

test.each(['3', '0', 'two', ''])('version "%s" is refused, and nothing is changed', async (version) => {
  writeFileSync(join(directory, 'version'), version);
  const start = startLocalCloud({ stateDirectory: directory, python: 'python3', apiPort: 0 });
  await expect(start).rejects.toThrow(
    `The state directory ${directory} has version "${version}"; this local cloud reads versions 1 to 2. Start the local cloud that wrote it, or choose another directory.`,
  );
  expect(readdirSync(directory)).toEqual(['version']);
  expect(versionOf()).toBe(version);
});
