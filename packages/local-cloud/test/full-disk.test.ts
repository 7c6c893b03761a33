import { S3 } from '@aws-sdk/client-s3';
import { SSM } from '@aws-sdk/client-ssm';
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalCloud, type LocalCloud } from '../src';

/** A disk of two megabytes; only root can make one. */
const folder = mkdtempSync(join(tmpdir(), 'disk-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]).status === 0;
const filler = join(folder, 'filler');
const stateDirectory = join(folder, 'state');

let cloud: LocalCloud | undefined;
afterAll(async () => {
  rmSync(filler, { force: true });
  await cloud?.close();
  if (mounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true, force: true });
});

const start = async () => (cloud = await startLocalCloud({ stateDirectory, python: 'python3', apiPort: 0 }));

function fill(): void {
  const block = Buffer.alloc(4_096);
  try {
    for (;;) appendFileSync(filler, block);
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  }
}

(mounted ? test : test.skip)(
  'a full disk refuses changes by one sentence, and loses none that was answered',
  async () => {
    const { clientOptions } = await start();
    const ssm = new SSM(clientOptions());
    const s3 = new S3({ ...clientOptions(), forcePathStyle: true });
    const put = (Name: string) => ssm.putParameter({ Name, Value: 'v'.repeat(4_000), Type: 'String' });
    await s3.createBucket({ Bucket: 'data' });
    await put('/before');
    const full = {
      name: 'InsufficientStorage',
      message: `The disk of the state directory ${stateDirectory} is full (ENOSPC): free space on it, and repeat the request.`,
      $metadata: expect.objectContaining({ httpStatusCode: 507, attempts: 1 }) as object,
    };
    await expect(
      s3.putObject({ Bucket: 'data', Key: 'large', Body: Buffer.alloc(3e6) }),
    ).rejects.toMatchObject(full);
    fill();
    await expect(put('/refused')).rejects.toMatchObject(full);
    expect(await ssm.getParameter({ Name: '/before' })).toMatchObject({ Parameter: { Name: '/before' } });
    await expect(put('/refused-too')).rejects.toMatchObject(full);
    rmSync(filler);
    await put('/after');
    await s3.putObject({ Bucket: 'data', Key: 'small', Body: 'x' });

    fill();
    // Without room for what the next request changes, the cloud still ends, and what was answered is there.
    await expect(put('/last')).rejects.toMatchObject(full);
    rmSync(filler);
    await cloud!.close();
    const again = await start();
    const { Parameters } = await again.call('ssm', 'GetParametersByPath', { Path: '/' });
    expect(Parameters!.map(({ Name }) => Name)).toEqual(expect.arrayContaining(['/before', '/after']));
    const { Contents } = await again.call('s3', 'ListObjectsV2', { Bucket: 'data' });
    expect(Contents!.map(({ Key }) => Key)).toEqual(['small']);
    await again.close();

    fill();
    await expect(start()).rejects.toThrow(full.message);
  },
);
