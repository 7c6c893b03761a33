import { ECR } from '@aws-sdk/client-ecr';
import { KMS } from '@aws-sdk/client-kms';
import { S3 } from '@aws-sdk/client-s3';
import { SFN } from '@aws-sdk/client-sfn';
import { SNS } from '@aws-sdk/client-sns';
import { policyAuthorizer } from '../../src/access/authorizer';
import type { Principal } from '../../src/core/principals';
import { ecr } from '../../src/services/ecr';
import { eventbridge } from '../../src/services/eventbridge';
import { kms } from '../../src/services/kms';
import { logs } from '../../src/services/logs';
import { s3 } from '../../src/services/s3';
import { sns } from '../../src/services/sns';
import { stepfunctions } from '../../src/services/stepfunctions';
import { TaskTokens } from '../../src/states';
import { testCloud, type TestCloud } from '../support/test-cloud';
import { ACCOUNT, allow, credentialsWith, ROOT, roleArn } from './actors';

/** Calls over HTTP, authorized by the policies of roles and resources. */

const BUCKET = 'arn:aws:s3:::bucket';

let here: TestCloud;
let operator: { principal: Principal };
let count = 0;

beforeAll(async () => {
  const services = [ecr, eventbridge, kms, logs, s3, sns, stepfunctions];
  here = await testCloud(services, { authorizer: policyAuthorizer });
  operator = { principal: here.cloud.principals.operator };
  await here.cloud.call('s3', 'CreateBucket', { Bucket: 'bucket' }, operator);
});
afterAll(() => here.close());

/** Returns settings of a client that acts as a new role with these statements. */
function actingWith(...statements: object[]) {
  return { ...here.client, credentials: credentialsWith(here.cloud, `role-${++count}`, statements) };
}

async function key(Policy?: object): Promise<string> {
  const input = Policy ? { Policy: JSON.stringify({ Version: '2012-10-17', Statement: Policy }) } : {};
  return (await here.cloud.call('kms', 'CreateKey', input, operator)).KeyMetadata!.Arn!;
}

const s3As = (...statements: object[]) => new S3({ ...actingWith(...statements), forcePathStyle: true });
const put = (client: S3, more: object = {}) =>
  client.putObject({ Bucket: 'bucket', Key: `k${++count}`, Body: 'x', ...more });
const underKey = (SSEKMSKeyId: string) => ({ ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId });

describe('identity policies', () => {
  // The policies of other accounts are not known here, and an image without one could not be pulled.
  test("a role needs its own permission for another account's repository, whose policy is taken to allow pulling", async () => {
    const other = 'arn:aws:ecr:us-east-1:683313688378:repository/sagemaker-xgboost';
    const asked = (...statements: object[]) =>
      new ECR(actingWith(...statements)).batchGetImage({
        ...{ registryId: '683313688378', repositoryName: 'sagemaker-xgboost' },
        imageIds: [{ imageTag: '3.0-5' }],
      });
    await expect(asked()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    // Nothing runs prebuilt images here.
    const found = asked(allow('ecr:BatchGetImage', other));
    await expect(found).rejects.toMatchObject({ name: 'RepositoryNotFoundException' });
    const deleted = new ECR(actingWith(allow('ecr:BatchDeleteImage', other))).batchDeleteImage({
      ...{ registryId: '683313688378', repositoryName: 'sagemaker-xgboost' },
      imageIds: [{ imageTag: '3.0-5' }],
    });
    await expect(deleted).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test("a denial names principal, action and resource, in the service's form", async () => {
    const denied = s3As().getObject({ Bucket: 'bucket', Key: 'a' });
    await expect(denied).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
      message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/role-${count}/session is not authorized to perform: s3:GetObject on resource: ${BUCKET}/a because no identity-based policy allows the s3:GetObject action`,
    });
    await expect(new SNS(actingWith()).listTopics({})).rejects.toMatchObject({
      name: 'AuthorizationErrorException',
    });
    await expect(new SFN(actingWith()).listStateMachines({})).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('a caller that may not list gets AccessDenied for a missing object', async () => {
    const read = allow('s3:GetObject', `${BUCKET}/*`);
    const missing = { Bucket: 'bucket', Key: 'missing' };
    await expect(s3As(read).getObject(missing)).rejects.toMatchObject({ name: 'AccessDenied' });
    const listing = s3As(read, allow('s3:ListBucket', BUCKET));
    await expect(listing.getObject(missing)).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('a prefix can be a condition of listing', async () => {
    const Condition = { StringLike: { 's3:prefix': ['data/*'] } };
    const client = s3As(allow('s3:ListBucket', BUCKET, { Condition }));
    await expect(client.listObjectsV2({ Bucket: 'bucket', Prefix: 'data/x' })).resolves.toMatchObject({
      KeyCount: 0,
    });
    await expect(client.listObjectsV2({ Bucket: 'bucket' })).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('a write with an ETag condition needs permission to read too', async () => {
    const target = { Bucket: 'bucket', Key: 'conditional' };
    const write = allow('s3:PutObject', `${BUCKET}/*`);
    const { ETag } = await s3As(write).putObject({ ...target, Body: 'a' });
    const onCondition = { ...target, Body: 'b', IfMatch: ETag };
    await expect(s3As(write).putObject(onCondition)).rejects.toThrow(/s3:GetObject on resource/);
    await s3As(write, allow('s3:GetObject', `${BUCKET}/*`)).putObject(onCondition);
  });

  test('the algorithm can be a condition of message authentication codes', async () => {
    const input = { KeySpec: 'HMAC_512', KeyUsage: 'GENERATE_VERIFY_MAC' } as const;
    const KeyId = (await here.cloud.call('kms', 'CreateKey', input, operator)).KeyMetadata!.Arn!;
    const making = (algorithm: string) => {
      const Condition = { StringEquals: { 'kms:MacAlgorithm': algorithm } };
      const client = new KMS(actingWith(allow('kms:GenerateMac', KeyId, { Condition })));
      return client.generateMac({ KeyId, Message: Buffer.from('m'), MacAlgorithm: 'HMAC_SHA_512' });
    };
    await expect(making('HMAC_SHA_512')).resolves.toHaveProperty('Mac');
    await expect(making('HMAC_SHA_256')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('a task token can be answered by callers with permission on its state machine', async () => {
    const machine = 'arn:aws:states:us-east-1:123456789012:stateMachine:asking';
    const { token: taskToken } = new TaskTokens().issue(machine, () => undefined);
    const answer = (resource: string) =>
      new SFN(actingWith(allow('states:SendTaskSuccess', resource))).sendTaskSuccess({
        taskToken,
        output: '{}',
      });
    await expect(answer(machine)).rejects.toMatchObject({ name: 'TaskTimedOut' });
    await expect(answer(`${machine}2`)).rejects.toThrow(`states:SendTaskSuccess on resource: ${machine}`);
  });

  test('a session of a deleted role is denied everything', async () => {
    const credentials = here.cloud.principals.credentialsFor(roleArn('nobody'), 'session');
    await expect(new SNS({ ...here.client, credentials }).listTopics({})).rejects.toThrow(/not authorized/);
  });
});

describe('resource policies', () => {
  test('a bucket’s Deny applies to an administrator too', async () => {
    const Bucket = 'locked';
    const client = new S3({ ...here.client, forcePathStyle: true });
    await client.createBucket({ Bucket });
    const Statement = {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:PutObject',
      Resource: 'arn:aws:s3:::locked/*',
    };
    await client.putBucketPolicy({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
    await expect(client.putObject({ Bucket, Key: 'k', Body: 'x' })).rejects.toThrow(
      /with an explicit deny in a resource-based policy/,
    );
  });

  test('objects under a key need permission on the key for their caller', async () => {
    const own = await key();
    const write = allow('s3:PutObject', `${BUCKET}/*`);
    await expect(put(s3As(write), underKey(own))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(`kms:GenerateDataKey on resource: ${own}`),
    });
    const Condition = { StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } };
    const writer = s3As(write, allow('kms:GenerateDataKey', own, { Condition }));
    await put(writer, { ...underKey(own), Key: 'secret' });
    const read = allow('s3:GetObject', `${BUCKET}/*`);
    const secret = { Bucket: 'bucket', Key: 'secret' };
    await expect(s3As(read).getObject(secret)).rejects.toThrow(/kms:Decrypt/);
    const reader = s3As(read, allow('kms:Decrypt', own));
    expect(await (await reader.getObject(secret)).Body!.transformToString()).toBe('x');
    await here.cloud.call('kms', 'DisableKey', { KeyId: own }, operator);
    await expect(reader.getObject(secret)).rejects.toMatchObject({ name: 'KMS.DisabledException' });
  });

  test('a key whose policy does not name the account is denied to other principals', async () => {
    const operatorsOnly = await key([
      { Effect: 'Allow', Principal: { AWS: operator.principal.arn }, Action: 'kms:*', Resource: '*' },
    ]);
    const client = s3As(allow('s3:PutObject', `${BUCKET}/*`), allow('kms:*', '*'));
    await expect(put(client, underKey(operatorsOnly))).rejects.toThrow(/no resource-based policy allows/);
  });

  test('an encrypted topic needs permission on its key for the publisher', async () => {
    const own = await key();
    const Attributes = { KmsMasterKeyId: own };
    const { TopicArn } = await new SNS(here.client).createTopic({ Name: 'secret', Attributes });
    const publish = allow('sns:Publish', TopicArn!);
    const message = { TopicArn, Message: 'x' };
    await expect(new SNS(actingWith(publish)).publish(message)).rejects.toMatchObject({
      name: 'KMSAccessDeniedException',
    });
    const both = allow(['kms:GenerateDataKey', 'kms:Decrypt'], own);
    await expect(new SNS(actingWith(publish, both)).publish(message)).resolves.toHaveProperty('MessageId');
  });

  test('a log group’s key must allow CloudWatch Logs', async () => {
    const create = async (Policy?: object) => {
      const input = { logGroupName: `group-${++count}`, kmsKeyId: await key(Policy) };
      return here.cloud.call('cloudwatchlogs', 'CreateLogGroup', input, operator);
    };
    await expect(create()).rejects.toThrow(
      /KMS key does not exist or is not allowed to be used with LogGroup/,
    );
    const account = { Effect: 'Allow', Principal: ROOT, Action: 'kms:*', Resource: '*' };
    const Principal = { Service: 'logs.us-east-1.amazonaws.com' };
    const service = {
      Effect: 'Allow',
      Principal,
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: '*',
    };
    await expect(create([account, service])).resolves.toEqual({});
  });

  test('events do not reach a log group without a policy that allows them', async () => {
    const { cloud } = here;
    await cloud.call('cloudwatchlogs', 'CreateLogGroup', { logGroupName: 'events' }, operator);
    const rule = { Name: 'all', EventPattern: JSON.stringify({ source: ['mine'] }) };
    await cloud.call('eventbridge', 'PutRule', rule, operator);
    const Targets = [{ Id: 'log', Arn: cloud.arn('logs', 'log-group:events') }];
    await cloud.call('eventbridge', 'PutTargets', { Rule: 'all', Targets }, operator);
    cloud.events.publish({ source: 'mine', detailType: 'x', detail: {} });
    await cloud.events.settled();
    expect(cloud.events.failures.at(-1)?.error.message).toContain('logs:PutLogEvents');
  });
});
