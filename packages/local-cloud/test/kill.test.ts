import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KilledLife, uniform, type KillPoint } from './support/killed-life';
import { makeAccount } from './support/small-pipeline';

/** Kills at moments that the seed chooses; `test/hardening` of the repository makes 200. */
const SEED = Number(process.env.KILL_SEED ?? 15);
const POINTS = Number(process.env.KILL_POINTS ?? 3);

let folder: string;
let account: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'killed-'));
  account = join(folder, 'account');
  await makeAccount(account);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(`a cloud that is killed loses nothing that it answered (KILL_SEED=${SEED} KILL_POINTS=${POINTS})`, async () => {
  const changes = await KilledLife.changes(account, join(folder, 'counted'));
  expect(changes).toBeGreaterThan(100);
  const random = uniform(SEED);
  const points = Array.from(
    { length: POINTS },
    (): KillPoint => ({ at: 1 + Math.floor(random() * changes), torn: random() < 0.5 }),
  );
  const faulty: object[] = [];
  for (const [index, point] of points.entries()) {
    const faults = await KilledLife.until(point, account, join(folder, `life-${index}`));
    if (faults.length > 0) faulty.push({ ...point, faults });
  }
  expect(faulty).toEqual([]);
});
