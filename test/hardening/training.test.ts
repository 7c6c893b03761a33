import { mkdirSync, readFileSync, watch } from 'node:fs';
import path from 'node:path';
import { exampleTable, layOutMatrices } from '../containers/support/matrices';
import { python, temporaryFolders, type Ended } from '../containers/support/program';
import { succeeded } from '../containers/support/sample';
import { houses } from '../containers/support/tables';

/** Kills of each training, at the changes to its folder of checkpoints with these numbers. */
const KILLS = [1, 2, 3, 4, 5, 7, 11, 13, 17, 23, 29, 37];

const folders = temporaryFolders();
const modelOf = (base: string) => readFileSync(path.join(base, 'model/model.onnx'));

/** Runs the training, and kills it at the n-th change to its checkpoints; it may end before. */
async function killedAt(base: string, n: number): Promise<Ended> {
  const folder = path.join(base, 'checkpoints');
  mkdirSync(folder, { recursive: true });
  const program = python('training/train.py', base);
  let changes = 0;
  const watcher = watch(folder, () => {
    changes += 1;
    if (changes === n) void program.stop('SIGKILL');
  });
  return program.ended.finally(() => watcher.close());
}

test.each([
  [
    'network',
    exampleTable('breast-cancer'),
    { epochs: '40', patience: '0', batch_size: '8', dropout: '0.2', checkpoint_seconds: '0' },
  ],
  ['trees', houses(), { rounds: '150', rounds_patience: '0', checkpoint_seconds: '0' }],
] as const)(
  '%s: killed while it saves, a training resumes to the same bytes',
  async (algorithm, table, set) => {
    const [whole, killed] = [folders.create(), folders.create()];
    for (const base of [whole, killed]) layOutMatrices(base, table, { algorithm, ...set });
    succeeded(await python('training/train.py', whole).ended);

    let kills = 0;
    let resumed = 0;
    for (const n of KILLS) {
      const { status, log } = await killedAt(killed, n);
      if (status === null) kills += 1;
      if (log.startsWith('resumed from checkpoint') || log.startsWith('skipped torn checkpoint'))
        resumed += 1;
      if (status !== null) break;
    }
    expect(kills).toBeGreaterThan(5);
    expect(resumed).toBeGreaterThan(3);
    succeeded(await python('training/train.py', killed).ended);
    expect(modelOf(killed).equals(modelOf(whole))).toBe(true);
  },
);
