import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram, ServedCloud } from '../../src/testing/served-cloud';

let folder: string;
let cloud: ServedCloud;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'served-'));
  cloud = await ServedCloud.start(folder);
});
afterAll(async () => {
  await cloud.stop();
  rmSync(folder, { recursive: true, force: true });
});

test.each<[string, () => string[], RegExp]>([
  ['a flag that is not known', () => ['--prot', '1'], /error: unknown option '--prot'/],
  ['a port that is none', () => ['--port', 'x'], /"x" is not a whole number from 0 to 65535/],
  ['a port beyond the last', () => ['--api-port', '70000'], /"70000" is not a whole number/],
  [
    'a port in use',
    () => ['--port', cloud.port, '--api-port', '0', '--state', join(folder, 'other')],
    /^local-cloud: Port \d+ on 127\.0\.0\.1 is in use; choose another, or 0 for any free port\.\n$/,
  ],
  [
    'a state directory in use',
    () => ['--port', '0', '--api-port', '0', '--state', folder],
    /^local-cloud: The state directory \S+ is in use by process \d+; stop that process or choose another directory\.\n$/,
  ],
  [
    'a state directory in use, to be forgotten',
    () => ['--fresh', '--port', '0', '--api-port', '0', '--state', folder],
    /^local-cloud: The state directory \S+ is in use/,
  ],
])('%s ends it with one line', async (_, flags, message) => {
  const { code, output } = await runProgram(ServedCloud.PROGRAM, flags());
  expect([code, output]).toEqual([1, expect.stringMatching(message) as string]);
});

test('it stays until Ctrl-C, and its state outlives it', async () => {
  const Name = '/kept';
  await new SSMClient(cloud.client).send(new PutParameterCommand({ Name, Value: '1', Type: 'String' }));
  expect(await cloud.stop()).toBe(0);
  cloud = await ServedCloud.start(folder);
  const { Parameter } = await new SSMClient(cloud.client).send(new GetParameterCommand({ Name }));
  expect(Parameter!.Value).toBe('1');
});
