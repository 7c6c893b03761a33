import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { unzipSync } from 'fflate';
import { s3 } from '../../../local/services/s3';
import { readAssembly } from '../../../local/templates/assembly';
import { bootstrap, bootstrapBucket, publish } from '../../../local/templates/assets';
import { playground, type Playground } from '../services/playground';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'assembly-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(files: Record<string, unknown>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

const stack = (name: string, ...dependencies: string[]) => ({
  ...{ type: 'aws:cloudformation:stack', displayName: `Dev/${name}`, dependencies },
  properties: { templateFile: `${name}.json`, stackName: `dev-${name}` },
});
const template = (id: string) => ({ Resources: { [id]: { Type: 'AWS::S3::Bucket' } } });

const DESTINATION = {
  bucketName: 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}',
  assumeRoleArn: 'x',
};

function writeApp(): void {
  write({
    'manifest.json': {
      version: '55.0.0',
      artifacts: {
        'assembly-Dev': { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Dev' } },
        Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
      },
    },
    'assembly-Dev/manifest.json': {
      version: '55.0.0',
      artifacts: {
        Api: stack('Api', 'Pipeline', 'Storage'),
        Pipeline: stack('Pipeline', 'Storage', 'Pipeline.assets'),
        'Pipeline.assets': { type: 'cdk:asset-manifest', properties: { file: 'Pipeline.assets.json' } },
        Storage: stack('Storage'),
      },
    },
    'assembly-Dev/Api.json': template('A'),
    'assembly-Dev/Pipeline.json': template('P'),
    'assembly-Dev/Storage.json': template('S'),
    'assembly-Dev/Pipeline.assets.json': {
      files: {
        one: {
          source: { path: 'asset.one', packaging: 'zip' },
          destinations: { here: { ...DESTINATION, objectKey: 'one.zip' } },
        },
        two: {
          source: { path: 'two.json', packaging: 'file' },
          destinations: { here: { ...DESTINATION, objectKey: 'two.json' } },
        },
      },
    },
    'assembly-Dev/asset.one/index.js': 'code',
    'assembly-Dev/asset.one/lib/more.js': 'more',
    'assembly-Dev/two.json': '{}',
  });
}

test('the stacks of all stages come in the order of their dependencies', () => {
  writeApp();
  const stacks = readAssembly(directory);
  expect(stacks.map(({ stackName }) => stackName)).toEqual(['dev-Storage', 'dev-Pipeline', 'dev-Api']);
  expect(stacks[1]).toMatchObject({ displayName: 'Dev/Pipeline', template: template('P') });
  expect(stacks.map(({ files }) => files.length)).toEqual([0, 2, 0]);
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ['a folder that is no assembly', {}, /is no cloud assembly: it has no manifest\.json; synthesise/],
  ['Docker images', { dockerImages: { x: {} } }, /Docker image assets are not supported/],
  [
    'assets made by a program',
    { files: { x: { source: { executable: ['make'] }, destinations: {} } } },
    /asset x has no path/,
  ],
])('refused: %s', (_, assets, message) => {
  if (Object.keys(assets).length > 0) {
    writeApp();
    write({ 'assembly-Dev/Pipeline.assets.json': assets });
  }
  expect(() => readAssembly(directory)).toThrow(message);
});

describe('assets', () => {
  let here: Playground;
  beforeAll(async () => (here = await playground([s3])));
  afterAll(() => here.close());

  test('are published once into the bootstrap bucket, folders as archives', async () => {
    writeApp();
    const caller = { principal: here.cloud.principals.operator };
    const [, { files } = { files: [] }] = readAssembly(directory);
    const put = () =>
      here.cloud.journal.entries().filter(({ operation }) => operation === 'PutObject').length;
    for (const time of [1, 2]) {
      await bootstrap(here.cloud, caller);
      await publish(here.cloud, caller, files);
      expect([time, put()]).toEqual([time, 2]);
    }
    const Bucket = bootstrapBucket(here.cloud);
    const { Contents } = await here.cloud.call('s3', 'ListObjectsV2', { Bucket }, caller);
    expect(Contents!.map(({ Key }) => Key)).toEqual(['one.zip', 'two.json']);
    const { Body } = await here.cloud.call('s3', 'GetObject', { Bucket, Key: 'one.zip' }, caller);
    const entries = Object.entries(unzipSync(await buffer(Body as Readable)));
    expect(entries.map(([name, bytes]) => [name, Buffer.from(bytes).toString()]).sort()).toEqual([
      ['index.js', 'code'],
      ['lib/more.js', 'more'],
    ]);
  });
});
