import { startLocalCloud, type LocalCloud } from 'local-cloud';
import { hurriedClock } from 'local-cloud/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import known from '../../cli/acceptance/responses.json';
import { CLAIMS } from '../../cli/acceptance/claims';

const BOOTSTRAP = 'aws-cdk/lib/api/bootstrap/bootstrap-template.yaml';
let folder: string;
let cloud: LocalCloud;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'acceptance-'));
  mkdirSync(join(folder, 'home'));
  const python = process.env.PYTHON!;
  const options = { stateDirectory: join(folder, 'cloud'), apiPort: 0, python };
  cloud = await startLocalCloud({ ...options, executionClock: hurriedClock(50) });
  await cloud.bootstrap(readFileSync(require.resolve(BOOTSTRAP), 'utf8'));
});
afterAll(async () => {
  await cloud?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function acceptance(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { AWS_PROFILE: _profile, ...inherited } = process.env;
  const env = {
    ...inherited,
    ...cloud.environmentFor(),
    MLOPS_API_URL: new URL(cloud.localUrl('https://x.execute-api.us-east-1.amazonaws.com/v1/')).origin,
    HOME: join(folder, 'home'),
    CDK_VALIDATION: 'false',
    CDK_DISABLE_CLI_TELEMETRY: '1',
  };
  const child = spawn(process.execPath, ['bin/mlops.cjs', 'acceptance', ...args, '--output', folder], {
    env,
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  child.stdin.end();
  const [code] = (await once(child, 'close')) as [number];
  return { code, stdout, stderr };
}

test('nobody is asked without a terminal, and nothing is deployed', async () => {
  const { code, stderr } = await acceptance('--environment', 'dev');
  expect({ code, stderr }).toEqual({
    code: 64,
    stderr:
      'mlops: standard input is no terminal, so nobody can be asked; add --yes to go on without a question.\n',
  });
}, 60_000);

// UPDATE_RESPONSES=1 records the answers of the local cloud. Those of an account replace them, and then the local cloud
// has to answer alike.
test('the claims hold on the local cloud, whose answers have the known form', async () => {
  const { code, stdout, stderr } = await acceptance('--environment', 'dev', '--yes');
  const report = readdirSync(folder).find((name) => name.endsWith('.md'))!;
  const text = readFileSync(join(folder, report), 'utf8');
  const shapes = readFileSync(join(folder, report.replace('.md', '.json')), 'utf8');
  if (process.env.UPDATE_RESPONSES) writeFileSync('cli/acceptance/responses.json', shapes);
  // First, since it says what did not hold.
  expect(stdout).not.toContain('✗');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const { claim } of CLAIMS) expect(text).toContain(`| ${claim} | held |`);
  expect(text).not.toContain(cloud.account);
  expect(JSON.parse(shapes)).toEqual(known);
}, 300_000);
