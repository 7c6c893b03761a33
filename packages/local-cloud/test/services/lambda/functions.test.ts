import { S3 } from '@aws-sdk/client-s3';
import type { CreateFunctionCommandInput } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lambdaCloud, ROLE, zip, type LambdaCloud } from './functions';

let lambda: LambdaCloud;

beforeEach(async () => {
  lambda = await lambdaCloud();
});
afterEach(() => lambda.here.close());

const answers = (text: string) => `exports.handler = async () => '${text}';`;

test('a function from S3 is kept after a restart, with its code, settings and policy', async () => {
  const s3 = new S3(lambda.here.client);
  const Body = zip({ 'lib/main.js': answers('from S3') });
  await s3.createBucket({ Bucket: 'code' });
  await s3.putObject({ Bucket: 'code', Key: 'f.zip', Body });
  const created = await lambda.create('kept', '', {
    Code: { S3Bucket: 'code', S3Key: 'f.zip' },
    Handler: 'lib/main.handler',
    Description: 'd',
    Tags: { team: 'ml' },
    TracingConfig: { Mode: 'Active' },
    Architectures: ['arm64'],
  });
  const permission = {
    FunctionName: 'kept',
    StatementId: 's',
    Action: 'lambda:InvokeFunction',
    Principal: 'events.amazonaws.com',
  };
  await lambda.client.addPermission(permission);
  await lambda.here.restart();
  const { Lambda } = await import('@aws-sdk/client-lambda');
  lambda.client = new Lambda(lambda.here.client);
  const { Configuration, Tags } = await lambda.client.getFunction({ FunctionName: 'kept' });
  expect(Tags).toEqual({ team: 'ml' });
  expect(Configuration).toMatchObject({
    ...{
      FunctionArn: created,
      Handler: 'lib/main.handler',
      Runtime: 'nodejs24.x',
      Role: ROLE,
      Description: 'd',
    },
    ...{ Timeout: 3, MemorySize: 128, State: 'Active', LastUpdateStatus: 'Successful', Version: '$LATEST' },
    ...{ Architectures: ['arm64'], TracingConfig: { Mode: 'Active' }, CodeSize: Body.length },
    CodeSha256: createHash('sha256').update(Body).digest('base64'),
    LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/kept' },
  });
  expect((await lambda.invoke('kept')).answer).toBe('from S3');
  const { Policy } = await lambda.client.getPolicy({ FunctionName: 'kept' });
  expect(JSON.parse(Policy!)).toMatchObject({
    Statement: [{ Sid: 's', Principal: { Service: 'events.amazonaws.com' } }],
  });
});

test('unpacked code of a killed cloud is removed by the first invocation of the next', async () => {
  await lambda.create('next', answers('next'));
  const left = mkdtempSync(join(tmpdir(), 'killed-'));
  symlinkSync(left, join(lambda.here.stateDirectory, 'lambda', 'unpacked'), 'dir');
  expect((await lambda.invoke('next')).answer).toBe('next');
  expect(existsSync(left)).toBe(false);
});

test('new code and settings apply from the next invocation', async () => {
  await lambda.create('changing', answers('old'));
  expect((await lambda.invoke('changing')).answer).toBe('old');
  const before = await lambda.client.getFunctionConfiguration({ FunctionName: 'changing' });
  await lambda.client.updateFunctionCode({
    FunctionName: 'changing',
    ZipFile: zip({ 'index.js': 'exports.handler = async () => process.env.WORD;' }),
  });
  const after = await lambda.client.updateFunctionConfiguration({
    FunctionName: 'changing',
    Environment: { Variables: { WORD: 'new' } },
    Timeout: 7,
  });
  expect(after).toMatchObject({
    Timeout: 7,
    Handler: 'index.handler',
    Environment: { Variables: { WORD: 'new' } },
  });
  expect(after.RevisionId).not.toBe(before.RevisionId);
  expect((await lambda.invoke('changing')).answer).toBe('new');
  const stale = { FunctionName: 'changing', Timeout: 8, RevisionId: before.RevisionId };
  await expect(lambda.client.updateFunctionConfiguration(stale)).rejects.toMatchObject({
    name: 'PreconditionFailedException',
  });
});

test('the code of a deleted function is removed when no other function uses it', async () => {
  const zips = () =>
    readdirSync(join(lambda.here.stateDirectory, 'lambda')).filter((name) => name.endsWith('.zip'));
  await lambda.create('one', answers('same'));
  await lambda.create('two', answers('same'));
  expect((await lambda.client.listFunctions({})).Functions!.map(({ FunctionName }) => FunctionName)).toEqual([
    'one',
    'two',
  ]);
  await lambda.client.deleteFunction({ FunctionName: 'one' });
  expect(zips()).toHaveLength(1);
  expect((await lambda.invoke('two')).answer).toBe('same');
  await lambda.client.deleteFunction({ FunctionName: 'two' });
  expect(zips()).toEqual([]);
  await expect(lambda.client.getFunction({ FunctionName: 'two' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    $metadata: { httpStatusCode: 404 },
  });
});

const ZipFile = zip({ 'index.js': answers('x') });

test.each<[string, Partial<CreateFunctionCommandInput>, string, RegExp]>([
  [
    'a reserved variable',
    { Environment: { Variables: { AWS_REGION: 'x', A1: 'y' } } },
    'InvalidParameterValueException',
    /Reserved keys used in this request: AWS_REGION$/,
  ],
  [
    'variables above 4 KB',
    { Environment: { Variables: { BIG: 'x'.repeat(4096) } } },
    'InvalidParameterValueException',
    /4KB limit.*4106 bytes/,
  ],
  [
    'an illegal variable name',
    { Environment: { Variables: { '1A': 'x' } } },
    'ValidationException',
    /at 'environment.variables'.*\[a-zA-Z\]\(/,
  ],
  [
    'a timeout above 15 minutes',
    { Timeout: 901 },
    'ValidationException',
    /'901' at 'timeout'.*less than or equal to 900/,
  ],
  [
    'too little memory',
    { MemorySize: 64 },
    'ValidationException',
    /'64' at 'memorySize'.*greater than or equal to 128/,
  ],
  [
    'too much memory',
    { MemorySize: 10_241 },
    'ValidationException',
    /'10241' at 'memorySize'.*less than or equal to 10240/,
  ],
  ['a fraction of a second', { Timeout: 1.5 }, 'ValidationException', /'1.5' at 'timeout'.*whole number/],
  ['an illegal name', { FunctionName: 'a b' }, 'ValidationException', /'a b' at 'functionName'/],
  ['an invalid role', { Role: 'admin' }, 'ValidationException', /'admin' at 'role'/],
  [
    'another runtime',
    { Runtime: 'python3.13' },
    'NotImplemented',
    /runtime python3.13.*nodejs22.x and nodejs24.x/,
  ],
  [
    'layers',
    { Layers: ['arn:aws:lambda:us-east-1:123456789012:layer:tools:1'] },
    'NotImplemented',
    /Layers of a Lambda function/,
  ],
  [
    'one half of a VPC',
    { VpcConfig: { SubnetIds: ['subnet-1'] } },
    'InvalidParameterValueException',
    /must coexist or be both empty list/,
  ],
  [
    'a missing VPC',
    { VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] } },
    'InvalidParameterValueException',
    /InvalidSubnetID\.NotFound/,
  ],
  [
    'a log level with a text log',
    { LoggingConfig: { LogFormat: 'Text', SystemLogLevel: 'WARN' } },
    'InvalidParameterValueException',
    /set LogFormat to JSON/,
  ],
  ['no handler', { Handler: undefined }, 'InvalidParameterValueException', /Handler is mandatory/],
  ['no code', { Code: {} }, 'InvalidParameterValueException', /S3Bucket and S3Key, or ZipFile/],
  [
    'code that is not a zip file',
    { Code: { ZipFile: strToU8('text') } },
    'InvalidParameterValueException',
    /Could not unzip uploaded file/,
  ],
  [
    'code with a path outside of its folder',
    { Code: { ZipFile: zipSync({ '../out.js': strToU8('x') }) } },
    'InvalidParameterValueException',
    /\.\.\/out\.js/,
  ],
  [
    'code that is not in S3',
    { Code: { S3Bucket: 'nowhere', S3Key: 'k' } },
    'InvalidParameterValueException',
    /S3 Error Code: NoSuchBucket/,
  ],
])('%s is refused', async (_, settings, name, message) => {
  const attempt = lambda.create('bad', '', { Code: { ZipFile }, ...settings });
  await expect(attempt).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
});

test('a name can be used once', async () => {
  await lambda.create('taken', answers('x'));
  await expect(lambda.create('taken', answers('y'))).rejects.toMatchObject({
    ...{ name: 'ResourceConflictException', message: 'Function already exist: taken' },
  });
});

test('statements are added once and removed', async () => {
  await lambda.create('shared', answers('x'));
  const permission = {
    ...{ FunctionName: 'shared', StatementId: 's', Action: 'lambda:InvokeFunction' },
    ...{ Principal: 'events.amazonaws.com', SourceArn: 'arn:aws:events:us-east-1:123456789012:rule/r' },
  };
  const { Statement } = await lambda.client.addPermission(permission);
  expect(JSON.parse(Statement!)).toEqual({
    ...{
      Sid: 's',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'lambda:InvokeFunction',
    },
    Resource: 'arn:aws:lambda:us-east-1:123456789012:function:shared',
    Condition: { ArnLike: { 'AWS:SourceArn': permission.SourceArn } },
  });
  await expect(lambda.client.addPermission(permission)).rejects.toMatchObject({
    name: 'ResourceConflictException',
  });
  await lambda.client.removePermission({ FunctionName: 'shared', StatementId: 's' });
  await expect(lambda.client.getPolicy({ FunctionName: 'shared' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});
