import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { create, Header } from 'tar';
import { unpack } from '../../src/jobs/unpack';

let base: string;
let folder: string;
const archive = () => join(base, 'model.tar.gz');
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'unpack-'));
  folder = join(base, 'opt', 'model');
  mkdirSync(join(base, 'made', 'inner'), { recursive: true });
  mkdirSync(folder, { recursive: true });
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

/** Writes an archive whose only header declares a file; its contents are missing. */
function declare(path: string, size: number): void {
  const block = Buffer.alloc(512);
  new Header({ path, size, type: 'File', mode: 0o644 }).encode(block);
  writeFileSync(archive(), gzipSync(block));
}

test('members are below the folder', async () => {
  writeFileSync(join(base, 'made', 'inner', 'weights'), 'w');
  await create({ file: archive(), cwd: join(base, 'made'), gzip: true }, ['inner']);
  await unpack(archive(), folder);
  expect(readFileSync(join(folder, 'inner', 'weights'), 'utf8')).toBe('w');
});

test.each(['../escaped', 'inner/../../escaped', '/tmp/escaped'])(
  'an archive with the member %s is refused, and nothing of it stays',
  async (member) => {
    declare(member, 0);
    await expect(unpack(archive(), folder)).rejects.toThrow(
      `the archive is refused: its member '${member}' is outside of the archive's folder`,
    );
    expect(existsSync(folder)).toBe(false);
    expect(existsSync(join(base, 'opt', 'escaped'))).toBe(false);
  },
);

test('an archive that would fill the disk is refused before it is written', async () => {
  declare('weights', 2 ** 30 + 1);
  expect(statSync(archive()).size).toBeLessThan(1_000);
  await expect(unpack(archive(), folder)).rejects.toThrow(
    'its members have more than 1073741824 bytes, which is more than 1 GiB and than 100 times its size',
  );
});
