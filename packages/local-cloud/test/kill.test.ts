import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAtRandom } from './support/killed-life';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'killed-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// test/hardening makes two hundred.
test('a cloud that is killed loses nothing that it answered, and its next run succeeds', async () => {
  expect(await killAtRandom(folder, { seed: 15, points: 4, parallel: 2 })).toEqual([]);
});
