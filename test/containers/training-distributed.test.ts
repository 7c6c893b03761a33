import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from 'local-cloud/programs';
import { exampleTable, layOutMatrices } from './support/matrices';
import { python, temporaryFolders, writeFiles, type Ended, type Program } from './support/program';

const folders = temporaryFolders();
/** Two names of this machine as two hosts; the first in alphabetical order is the leader. */
const HOSTS = ['localhost', '127.0.0.1'];
const LEADER = 1;

function layOutHosts(): string[] {
  return HOSTS.map((host) => {
    const base = folders.create();
    layOutMatrices(base, exampleTable('breast-cancer'), { epochs: '8', batch_size: '8', dropout: '0.2' });
    const resources = { current_host: host, hosts: HOSTS, network_interface_name: 'lo' };
    writeFiles(base, { 'input/config/resourceconfig.json': JSON.stringify(resources) });
    return base;
  });
}

async function start(bases: readonly string[]): Promise<Program[]> {
  const env = { MASTER_PORT: String(await freePort()) };
  return bases.map((base) => python('training/train.py', base, env));
}

/** What each host's program ended with. Ends the others when one fails, as SageMaker does: they would wait for it. */
function ends(programs: readonly Program[]): Promise<Ended[]> {
  const end = async (program: Program) => {
    const ended = await program.ended;
    if (ended.status !== 0) await Promise.all(programs.map((other) => other.stop('SIGKILL')));
    return ended;
  };
  return Promise.all(programs.map(end));
}

test('two hosts train one model, stop together, and resume to the same bytes', async () => {
  const [whole, stopped] = [layOutHosts(), layOutHosts()];

  const ended = await ends(await start(whole));
  expect(ended.map(({ status, complaints, stderr }) => ({ status, complaints, stderr }))).toEqual(
    HOSTS.map(() => ({ status: 0, complaints: '', stderr: '' })),
  );
  // Only one of them logs and writes.
  expect(ended[LEADER]!.log).toMatch(/epoch=8\/8;[^]*final;.*validation:accuracy=0\.9/);
  expect(ended[1 - LEADER]!.log).toBe('');
  expect(existsSync(path.join(whole[1 - LEADER]!, 'model'))).toBe(false);

  const interrupted = await start(stopped);
  await interrupted[LEADER]!.seen(/epoch=2\//);
  await interrupted[1 - LEADER]!.stop('SIGTERM');
  const statuses = (await Promise.all(interrupted.map((program) => program.ended))).map(
    ({ status }) => status,
  );
  expect(statuses).toEqual([143, 143]);
  const resumed = await ends(await start(stopped));
  expect(resumed[LEADER]!.log).toMatch(/^resumed from checkpoint/);

  const model = (bases: string[]) => readFileSync(path.join(bases[LEADER]!, 'model/model.onnx'));
  expect(model(stopped).equals(model(whole))).toBe(true);
});
