import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transfer } from '../../../src/jobs/s3-transfer';
import { s3Playground } from './s3-playground';

test('a file of a refused upload may go at once', async () => {
  const play = await s3Playground();
  const folder = mkdtempSync(join(tmpdir(), 'transfer-'));
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  process.on('uncaughtException', note);
  try {
    const file = join(folder, 'a');
    writeFileSync(file, 'x');
    const transfer = new Transfer(play.here.cloud, { principal: play.here.cloud.principals.operator });
    await expect(transfer.upload(file, { bucket: 'not-there', key: 'a' })).rejects.toThrow(/bucket/);
    rmSync(folder, { recursive: true });
    // Streams open their files in the background: after a turn of input and output it would have failed.
    await play.bucket('there');
    expect(unhandled).toEqual([]);
  } finally {
    process.off('uncaughtException', note);
    await play.here.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
