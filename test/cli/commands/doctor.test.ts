import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../../../cli/doctor/checks';
import { startLocalCloud, type LocalCloud } from 'local-cloud';
import { mlops } from '../operator';

const SPOT = 'ml.m5.large for spot training job usage';

let folder: string;
let cloud: LocalCloud;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  const quotas = { [SPOT]: 0, 'ml.t3.medium for processing job usage': 0 };
  cloud = await startLocalCloud({ stateDirectory: folder, python: 'python3', apiPort: 0, quotas });
});
afterAll(async () => {
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
});

const doctor = (...args: string[]) => mlops(cloud, ['doctor', ...args]);

test('in an empty account the checks fail, and the fixes are shown', async () => {
  const { code, stdout, stderr } = await doctor('--json');
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  const findings = JSON.parse(stdout) as Finding[];
  const results = Object.fromEntries(findings.map(({ check, result }) => [check, result]));
  expect(results).toMatchObject({
    credentials: 'ok',
    bootstrap: 'fails',
    // A run works without Spot, but not without processing.
    [`quota: ${SPOT}`]: 'warning',
    'quota: ml.m5.large for training job usage': 'ok',
    'quota: ml.t3.medium for processing job usage': 'fails',
    'base image': 'skipped',
    parameters: 'warning',
    mail: 'warning',
    endpoint: 'ok',
  });
  const shown = await doctor();
  expect(shown.stdout).toMatch(/✗ +bootstrap +\S/);
  expect(shown.stdout).toContain('npx cdk bootstrap aws://123456789012/us-east-1');
});

test('an unknown environment is refused', async () => {
  expect(await doctor('--environment', 'moon')).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('--environment is "moon"'),
  });
});
