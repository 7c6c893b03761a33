import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseS3Uri, Transfer } from '../../../src/jobs/s3-transfer';
import { startS3Cloud, type S3Cloud } from './s3-cloud';

let s3Cloud: S3Cloud;
beforeAll(async () => (s3Cloud = await startS3Cloud()));
afterAll(() => s3Cloud.here.close());

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'transfer-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('a directory is uploaded and downloaded unchanged, as the caller', async () => {
  const Bucket = await s3Cloud.bucket('transfer');
  mkdirSync(join(directory, 'in', 'sub'), { recursive: true });
  writeFileSync(join(directory, 'in', 'a.txt'), 'A');
  writeFileSync(join(directory, 'in', 'sub', 'b.txt'), 'B');
  const role = s3Cloud.here.cloud.principals.role('arn:aws:iam::123456789012:role/Job', 'run');
  const transfer = new Transfer(s3Cloud.here.cloud, { principal: role });
  expect(await transfer.uploadDirectory(join(directory, 'in'), parseS3Uri(`s3://${Bucket}/p`))).toEqual([
    'p/a.txt',
    'p/sub/b.txt',
  ]);
  const files = await transfer.downloadPrefix(parseS3Uri(`s3://${Bucket}/p`), join(directory, 'out'));
  expect(files).toEqual(['a.txt', 'sub/b.txt']);
  expect(readFileSync(join(directory, 'out', 'sub', 'b.txt'), 'utf8')).toBe('B');
  expect(await transfer.downloadPrefix({ bucket: Bucket, key: 'p/a.txt' }, join(directory, 'one'))).toEqual([
    'a.txt',
  ]);
  expect(s3Cloud.here.cloud.journal.entries().at(-1)).toMatchObject({
    principal: 'arn:aws:sts::123456789012:assumed-role/Job/run',
    permissions: [{ action: 's3:GetObject', resources: [`arn:aws:s3:::${Bucket}/p/a.txt`] }],
  });
});

test('a key cannot write outside of the directory', async () => {
  const Bucket = await s3Cloud.bucket('traversal');
  const transfer = new Transfer(s3Cloud.here.cloud, { principal: s3Cloud.here.cloud.principals.operator });
  await transfer.write({ bucket: Bucket, key: 'p/../../x' }, 'bad');
  await expect(transfer.downloadPrefix({ bucket: Bucket, key: 'p/' }, directory)).rejects.toThrow(
    /would be written outside/,
  );
});

test('a text that is not an S3 URI is reported', () => {
  expect(() => parseS3Uri('https://x/y')).toThrow("'https://x/y' is not an S3 URI");
});

test('a key may hold a line break', () => {
  expect(parseS3Uri('s3://bucket/a\nb.csv')).toEqual({ bucket: 'bucket', key: 'a\nb.csv' });
});
