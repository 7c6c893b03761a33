import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { unzipSync } from 'fflate';
import { readAssembly } from '../../src/templates/assembly';
import { bootstrap } from '../../src/templates/bootstrap';
import { deployAssembly } from '../../src/templates/deploy';
import { Account } from '../services/cloudformation/account';

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
  properties: {
    ...{ templateFile: `${name}.json`, stackName: `dev-${name}`, terminationProtection: name === 'Storage' },
    ...(name === 'Pipeline' && {
      stackTemplateAssetObjectUrl: `s3://${DESTINATION.bucketName}/template.json`,
      tags: { team: 'x' },
    }),
  },
});
const template = (id: string) => ({
  Resources: { [id]: { Type: 'AWS::S3::Bucket' } },
  Outputs: { [`Name${id}`]: { Value: { Ref: id } } },
});
const ENVIRONMENT = { account: '123456789012', region: 'us-east-1' };
const ASSETS = 'cdk-hnb659fds-assets-123456789012-us-east-1';

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
          source: { path: 'Pipeline.json', packaging: 'file' },
          destinations: { here: { ...DESTINATION, objectKey: 'template.json' } },
        },
      },
    },
    'assembly-Dev/asset.one/index.js': 'code',
    'assembly-Dev/asset.one/lib/more.js': 'more',
  });
}

test('the stacks of all stages are in the order of their dependencies', () => {
  writeApp();
  const stacks = readAssembly(directory, ENVIRONMENT);
  expect(stacks.map(({ stackName }) => stackName)).toEqual(['dev-Storage', 'dev-Pipeline', 'dev-Api']);
  expect(stacks[1]).toMatchObject({
    displayName: 'Dev/Pipeline',
    templateBody: JSON.stringify(template('P')),
    templateAsset: `https://s3.us-east-1.amazonaws.com/${ASSETS}/template.json`,
    tags: { team: 'x' },
    terminationProtection: false,
  });
  expect(stacks[0]).toMatchObject({ templateAsset: undefined, terminationProtection: true });
  expect(stacks.map(({ files }) => files.length)).toEqual([0, 2, 0]);
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ['a folder that is not an assembly', {}, /is not a cloud assembly: it has no manifest\.json; synthesise/],
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
  expect(() => readAssembly(directory, ENVIRONMENT)).toThrow(message);
});

describe('a deployment in this process', () => {
  let account: Account;
  beforeAll(async () => (account = await Account.open()));
  afterAll(() => account.close());
  const deploy = async () => {
    await bootstrap(account.here.cloud, account.operator);
    return deployAssembly(account.here.cloud, account.operator, directory);
  };

  test('publishes each asset once, creates every stack as the CDK CLI does, and returns all outputs', async () => {
    writeApp();
    const outputs = await deploy();
    expect(Object.keys(outputs).sort()).toEqual(['NameA', 'NameP', 'NameS']);
    account.changes();
    expect(await deploy()).toEqual(outputs);
    expect(account.changes()).toEqual([]);

    const { cloud } = account.here;
    const { Contents } = await cloud.call('s3', 'ListObjectsV2', { Bucket: ASSETS }, account.operator);
    expect(Contents!.map(({ Key }) => Key)).toEqual(['one.zip', 'template.json']);
    const object = { Bucket: ASSETS, Key: 'one.zip' };
    const { Body } = await cloud.call('s3', 'GetObject', object, account.operator);
    const entries = Object.entries(unzipSync(await buffer(Body as Readable)));
    expect(entries.map(([name, bytes]) => [name, Buffer.from(bytes).toString()]).sort()).toEqual([
      ['index.js', 'code'],
      ['lib/more.js', 'more'],
    ]);
    const { Stacks = [] } = await account.cfn.describeStacks();
    expect(
      Stacks.map(({ StackName, StackStatus, EnableTerminationProtection, Tags }) => [
        ...[StackName, StackStatus, EnableTerminationProtection, Tags?.length ?? 0],
      ]),
    ).toEqual([
      ['dev-Api', 'CREATE_COMPLETE', false, 0],
      ['dev-Pipeline', 'CREATE_COMPLETE', false, 1],
      ['dev-Storage', 'CREATE_COMPLETE', true, 0],
      ['CDKToolkit', 'CREATE_COMPLETE', false, 0],
    ]);
  });

  test('reports stack, resource and reason of a failure, and can be tried again from the start', async () => {
    writeApp();
    const taken = { A: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'Not_A_Name' } } };
    const stackName = 'broken';
    write({
      'manifest.json': {
        artifacts: { Broken: { ...stack('Api'), properties: { templateFile: 'b.json', stackName } } },
      },
      'b.json': { Resources: taken },
    });
    for (const time of ['first', 'second']) {
      expect([time, await deploy().catch((error: Error) => error.message)]).toEqual([
        time,
        expect.stringMatching(/^stack broken, resource A \(AWS::S3::Bucket\): .*bucket/i),
      ]);
    }
  });
});
