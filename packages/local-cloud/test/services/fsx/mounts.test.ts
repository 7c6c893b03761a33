import { S3 } from '@aws-sdk/client-s3';
import {
  SageMaker,
  type CreateTrainingJobCommandInput,
  type DescribeTrainingJobCommandOutput,
} from '@aws-sdk/client-sagemaker';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract } from 'tar';
import { IMPORT_LAG_MS } from '../../../src/services/fsx/contents';
import { trainingJob } from '../sagemaker/requests';
import { fsxFixture, type FsxFixture } from './fsx-fixture';

/** Reports the contents of its channel by path, and whether the channel can be written. */
const PROGRAM = `
const fs = require('node:fs');
const path = require('node:path');
const base = process.env.SAGEMAKER_BASE_DIR;
const folder = path.join(base, 'input/data/train');
const names = fs.readdirSync(folder, { recursive: true }).sort();
const writable = ['', ...names].filter((name) => fs.statSync(path.join(folder, name)).mode & 0o222);
const files = names.filter((name) => fs.statSync(path.join(folder, name)).isFile());
const seen = Object.fromEntries(files.map((name) => [name, fs.readFileSync(path.join(folder, name), 'utf8')]));
fs.writeFileSync(path.join(base, 'model/seen.json'), JSON.stringify({ seen, writable }));
`;

let here: FsxFixture;
let client: SageMaker;
let image: string;
let jobs = 0;

beforeAll(async () => {
  here = await fsxFixture();
  client = new SageMaker(here.shop.here.client);
  image = await here.shop.image(PROGRAM);
});
afterAll(() => here.close());

interface Mount {
  readonly id: string;
  readonly path: string;
}

const channel = ({ id, path }: Mount) => ({
  ChannelName: 'train',
  DataSource: {
    FileSystemDataSource: {
      ...{ FileSystemId: id, DirectoryPath: path },
      ...{ FileSystemType: 'FSxLustre' as const, FileSystemAccessMode: 'ro' as const },
    },
  },
});

const job = (mount: Mount, change: Partial<CreateTrainingJobCommandInput> = {}) =>
  trainingJob(`Job-${++jobs}`, image, {
    InputDataConfig: [channel(mount)],
    VpcConfig: { Subnets: [here.subnet], SecurityGroupIds: [here.hosts] },
    ...change,
  });

async function run(
  mount: Mount,
  change: Partial<CreateTrainingJobCommandInput> = {},
): Promise<DescribeTrainingJobCommandOutput> {
  const request = job(mount, change);
  await client.createTrainingJob(request);
  const { TrainingJobName } = request;
  await here.shop.event(
    ({ detail }) =>
      detail.TrainingJobName === TrainingJobName &&
      ['Completed', 'Failed'].includes(detail.SecondaryStatus as string),
  );
  return client.describeTrainingJob({ TrainingJobName });
}

/** Returns the files that a job found in its channel. */
async function seenBy(mount: Mount): Promise<{ seen: Record<string, string>; writable: string[] }> {
  const { ModelArtifacts, FailureReason } = await run(mount);
  expect(FailureReason).toBeUndefined();
  const Key = ModelArtifacts!.S3ModelArtifacts!.replace('s3://bucket/', '');
  const s3 = new S3({ ...here.shop.here.client, forcePathStyle: true });
  const { Body } = await s3.getObject({ Bucket: 'bucket', Key });
  const folder = mkdtempSync(join(tmpdir(), 'seen-'));
  try {
    writeFileSync(join(folder, 'model.tar.gz'), await Body!.transformToByteArray());
    await extract({ file: join(folder, 'model.tar.gz'), cwd: folder });
    return JSON.parse(readFileSync(join(folder, 'seen.json'), 'utf8')) as Awaited<ReturnType<typeof seenBy>>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

let directories = 0;
/** Returns a prefix that no other test writes to. */
const fresh = () => `data/${++directories}`;

async function linked(prefix: string, automatic?: boolean): Promise<Mount> {
  const { id, mountName } = await here.linked(automatic);
  return { id, path: `/${mountName}/${prefix}` };
}

describe('a job sees', () => {
  test('imported files, read-only, and no files added later', async () => {
    const prefix = fresh();
    await here.shop.put(`${prefix}/a.csv`, 'a');
    await here.shop.put(`${prefix}/deep/b.csv`, 'b');
    const mount = await linked(prefix);
    await here.import(mount.id, `${prefix}/`);
    await here.shop.put(`${prefix}/late.csv`, 'late');
    expect(await seenBy(mount)).toEqual({ seen: { 'a.csv': 'a', 'deep/b.csv': 'b' }, writable: [] });
  });

  test('added, changed and deleted files after an automatic import', async () => {
    const prefix = fresh();
    const mount = await linked(prefix);
    await here.shop.put(`${prefix}/a.csv`, 'a');
    await here.shop.put(`${prefix}/b.csv`, 'b');
    await here.clock.pass(IMPORT_LAG_MS / 1000);
    expect((await seenBy(mount)).seen).toEqual({ 'a.csv': 'a', 'b.csv': 'b' });
    await here.shop.put(`${prefix}/a.csv`, 'A');
    const caller = { principal: here.shop.here.cloud.principals.operator };
    const gone = { Bucket: 'bucket', Key: `${prefix}/b.csv` };
    await here.shop.here.cloud.call('s3', 'DeleteObject', gone, caller);
    await here.clock.pass(IMPORT_LAG_MS / 1000);
    expect((await seenBy(mount)).seen).toEqual({ 'a.csv': 'A' });
  });

  test('only the directory of its channel', async () => {
    const [mine, other] = [fresh(), fresh()];
    await here.shop.put(`${mine}/a.csv`, 'a');
    await here.shop.put(`${other}/b.csv`, 'b');
    const mount = await linked(mine);
    await here.import(mount.id, 'data/');
    expect((await seenBy(mount)).seen).toEqual({ 'a.csv': 'a' });
  });
});

describe('a job fails', () => {
  test.each<[string, (mount: Mount, prefix: string) => Promise<Mount>, RegExp]>([
    [
      'where no file was imported',
      async (mount) => mount,
      /directory \/data\/\d+ does not exist: nothing was/,
    ],
    [
      'on a file that was added after the bucket was linked, and was not imported',
      async (mount) => (await here.clock.pass(IMPORT_LAG_MS / 1000), mount),
      /does not exist/,
    ],
    [
      'on a file that changed after it was imported',
      async (mount, prefix) => {
        await here.import(mount.id, `${prefix}/`);
        await here.shop.put(`${prefix}/a.csv`, 'changed');
        return mount;
      },
      /s3:\/\/bucket\/data\/\d+\/a\.csv has changed since it was imported/,
    ],
    [
      'without the mount name',
      async ({ id }, prefix) => ({ id, path: `/${prefix}` }),
      /DirectoryPath \/data\/\d+ does not begin with \/[0-9a-f]{8}, the mount name/,
    ],
    [
      'in a directory that is not linked',
      async ({ id, path }) => ({ id, path: path.replace('/data/', '/models/') }),
      /\/models\/\d+ is not in a directory that is linked/,
    ],
    [
      'on a missing file system',
      async ({ path }) => ({ id: 'fs-00000000000000000', path }),
      /'fs-00000000000000000' does not exist/,
    ],
  ])('%s', async (_, change, message) => {
    const prefix = fresh();
    await here.shop.put(`${prefix}/a.csv`, 'a');
    // The link is created after the object.
    await here.clock.pass(1);
    const mount = await change(await linked(prefix), prefix);
    const { TrainingJobStatus, FailureReason } = await run(mount);
    expect(TrainingJobStatus).toBe('Failed');
    expect(FailureReason).toMatch(/^ClientError: Unable to mount file system fs-0\w+ for channel train: /);
    expect(FailureReason).toMatch(message);
  });

  test('from another network, and from a group without ingress', async () => {
    const prefix = fresh();
    await here.shop.put(`${prefix}/a.csv`, 'a');
    const mount = await linked(prefix);
    await here.import(mount.id, `${prefix}/`);
    const VpcId = await here.make('VPC', { CidrBlock: '10.9.0.0/16' });
    const elsewhere = {
      Subnets: [await here.make('Subnet', { VpcId, CidrBlock: '10.9.0.0/24' })],
      SecurityGroupIds: [await here.make('SecurityGroup', { VpcId, GroupDescription: 'elsewhere' })],
    };
    expect((await run(mount, { VpcConfig: elsewhere })).FailureReason).toMatch(
      /the job is in vpc-0\w+ and the file system in vpc-0/,
    );
    const { properties } = networkThing(here.hosts);
    const stranger = await here.make('SecurityGroup', {
      ...{ VpcId: properties.VpcId, GroupDescription: 'stranger' },
    });
    const strange = { Subnets: [here.subnet], SecurityGroupIds: [stranger] };
    expect((await run(mount, { VpcConfig: strange })).FailureReason).toMatch(
      /do not let sg-0\w+ and sg-0\w+ reach each other on the ports 988 and 1018-1023/,
    );
  });
});

function networkThing(id: string) {
  const store = here.shop.here.cloud.stores.store<Record<string, { properties: Record<string, unknown> }>>(
    'ec2',
    () => ({}),
  );
  return store.data[id]!;
}

describe('CreateTrainingJob', () => {
  const mount = { id: 'fs-00000000000000000', path: '/abcd/data' };
  const source = channel(mount).DataSource.FileSystemDataSource;
  const withSource = (change: object) => ({
    InputDataConfig: [
      { ...channel(mount), DataSource: { FileSystemDataSource: { ...source, ...change } } },
    ] as CreateTrainingJobCommandInput['InputDataConfig'],
  });
  const AT = 'inputDataConfig\\.1\\.member\\.dataSource\\.fileSystemDataSource';

  test.each<[string, () => Partial<CreateTrainingJobCommandInput>, string, RegExp]>([
    [
      'no network',
      () => ({ VpcConfig: undefined }),
      'ValidationException',
      /VpcConfig must be specified: channel 'train' is on the file system fs-0/,
    ],
    [
      'a stream',
      () => ({ AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'FastFile' } }),
      'ValidationException',
      /input mode FastFile is not supported for channel 'train'/,
    ],
    [
      'two sources',
      () => ({
        InputDataConfig: [
          {
            ChannelName: 'train',
            DataSource: {
              FileSystemDataSource: source,
              S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://bucket/data' },
            },
          },
        ],
      }),
      'ValidationException',
      /has two data sources/,
    ],
    [
      'no id',
      () => withSource({ FileSystemId: 'my-file-system' }),
      'ValidationException',
      new RegExp(`${AT}\\.fileSystemId.*fs-\\[0-9a-f\\]`),
    ],
    [
      'no type',
      () => withSource({ FileSystemType: 'NFS' }),
      'ValidationException',
      new RegExp(`${AT}\\.fileSystemType.*FSxLustre`),
    ],
    ['another type', () => withSource({ FileSystemType: 'EFS' }), 'NotImplemented', /EFS/],
    ['writing', () => withSource({ FileSystemAccessMode: 'rw' }), 'NotImplemented', /'ro'/],
  ])('refuses %s', async (_, change, name, message) => {
    await expect(client.createTrainingJob(job(mount, change()))).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message) as string,
    });
  });
});
