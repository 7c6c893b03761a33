import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAtRandom } from '../support/killed-life';

/** Another one kills at other moments. */
const SEED = Number(process.env.KILL_SEED ?? Date.now() % 100_000);
const POINTS = Number(process.env.KILL_POINTS ?? 200);

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'killed-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(
  `${POINTS} clouds that are killed lose nothing that they answered (KILL_SEED=${SEED})`,
  async () => expect(await killAtRandom(folder, { seed: SEED, points: POINTS, parallel: 4 })).toEqual([]),
  1_800_000,
);
