import { S3Client } from '@aws-sdk/client-s3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalCloud, type LocalCloud } from 'local-cloud';
import { Account } from '../../cli/doctor/account';
import { createTeamBucket } from '../../start/team-bucket';

let folder: string;
let cloud: LocalCloud;
const before = { ...process.env };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'team-bucket-'));
  cloud = await startLocalCloud({ stateDirectory: folder, apiPort: 0, python: process.env.PYTHON! });
  const { endpoint, region, credentials } = cloud.clientOptions();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });
});
afterAll(async () => {
  process.env = before;
  await cloud.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the bucket of the team is created once, as the pipeline and mlops doctor require it', async () => {
  const account = new Account();
  expect(await account.bucket('team-data')).toBeUndefined();
  const s3 = new S3Client({ ...cloud.clientOptions(), forcePathStyle: true });
  expect(await createTeamBucket(s3, 'team-data')).toBe(true);
  expect(await account.bucket('team-data')).toEqual({
    region: cloud.clientOptions().region,
    versioning: 'Enabled',
    sendsEvents: true,
  });
  expect(await createTeamBucket(s3, 'team-data')).toBe(false);
});
