import { readdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { CONTAINERS, copy, Program, temporaryFolders } from './support/program';

const folders = temporaryFolders();

test('an image keeps what its build has compiled of the inference program and its modules', async () => {
  const image = folders.create();
  const program = path.join(image, 'program');
  for (const folder of ['inference', 'table'])
    copy(path.join(CONTAINERS, folder), path.join(program, folder));
  // The image has the packages and their description above both folders.
  copy(path.join(CONTAINERS, 'inference/package.json'), path.join(program, 'package.json'));
  symlinkSync(path.resolve('node_modules'), path.join(program, 'node_modules'), 'dir');
  const cache = path.join(program, 'inference/.compile-cache');
  // This checkout's programs may have left theirs.
  rmSync(cache, { recursive: true, force: true });
  const start = path.join(program, 'inference/start.mjs');
  const { status, log, stderr } = await new Program([process.execPath, start, 'compile'], image).ended;
  expect([status, log, stderr]).toEqual([0, '', '']);
  const [version] = readdirSync(cache);
  const sources = readdirSync(path.join(program, 'inference')).filter((name) => name.endsWith('.ts'));
  expect(readdirSync(path.join(cache, version!)).length).toBeGreaterThan(sources.length);
});
