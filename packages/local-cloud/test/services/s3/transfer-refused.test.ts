import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transfer } from '../../../src/jobs/s3-transfer';
import { startS3Cloud } from './s3-cloud';

test('a file of a refused upload may be deleted at once', async () => {
  const s3Cloud = await startS3Cloud();
  const folder = mkdtempSync(join(tmpdir(), 'transfer-'));
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  process.on('uncaughtException', note);
  try {
    const file = join(folder, 'a');
    writeFileSync(file, 'x');
    const transfer = new Transfer(s3Cloud.here.cloud, { principal: s3Cloud.here.cloud.principals.operator });
    await expect(transfer.upload(file, { bucket: 'not-there', key: 'a' })).rejects.toThrow(/bucket/);
    rmSync(folder, { recursive: true });
    // Streams open their files in the background: after one turn of the event loop it would have failed.
    await s3Cloud.bucket('there');
    expect(unhandled).toEqual([]);
  } finally {
    process.off('uncaughtException', note);
    await s3Cloud.here.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
