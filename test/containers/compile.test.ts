import { readdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { CONTAINERS, copy, Program, temporaryFolders } from './support/program';

const folders = temporaryFolders();

test('an image keeps what its build has compiled of the inference program and its modules', async () => {
  const image = folders.create();
  copy(path.join(CONTAINERS, 'inference'), path.join(image, 'program'));
  symlinkSync(path.resolve('node_modules'), path.join(image, 'node_modules'), 'dir');
  const cache = path.join(image, 'program/.compile-cache');
  // This checkout's programs may have left theirs.
  rmSync(cache, { recursive: true, force: true });
  const start = path.join(image, 'program/start.mjs');
  const { status, log } = await new Program([process.execPath, start, 'compile'], image).ended;
  expect([status, log]).toEqual([0, '']);
  const [version] = readdirSync(cache);
  const sources = readdirSync(path.join(image, 'program')).filter((name) => name.endsWith('.ts'));
  expect(readdirSync(path.join(cache, version!)).length).toBeGreaterThan(sources.length);
});
