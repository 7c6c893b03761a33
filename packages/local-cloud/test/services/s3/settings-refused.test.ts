import type { LifecycleRule } from '@aws-sdk/client-s3';
import { startS3Cloud, type S3Cloud } from './s3-cloud';

/** Settings of a bucket with a contradiction between fields, which S3 refuses. */

let s3Cloud: S3Cloud;
const Bucket = 'settings';
beforeAll(async () => {
  s3Cloud = await startS3Cloud();
  await s3Cloud.bucket(Bucket);
});
afterAll(() => s3Cloud.here.close());

const put = (operation: string, input: object) => {
  const caller = { principal: s3Cloud.here.cloud.principals.operator };
  return s3Cloud.here.cloud.callByName('s3', operation, { Bucket, ...input }, caller);
};
const refusal = (code: string, message: string) => ({
  code,
  message: expect.stringContaining(message) as string,
});

describe('lifecycle', () => {
  const day = (text: string) => new Date(`${text}T00:00:00Z`);
  const ia = (Days: number) => [{ StorageClass: 'STANDARD_IA', Days }];
  const configure = (...rules: object[]) =>
    put('PutBucketLifecycleConfiguration', {
      LifecycleConfiguration: { Rules: rules.map((rule) => ({ Status: 'Enabled', Filter: {}, ...rule })) },
    });

  test.each<[name: string, rules: object[], code: string, message: string]>([
    ['no action', [{}], 'InvalidRequest', 'At least one action needs to be specified in a rule'],
    [
      'an id twice',
      [
        { ID: 'a', Expiration: { Days: 1 } },
        { ID: 'a', Expiration: { Days: 2 } },
      ],
      'InvalidArgument',
      'Rule ID must be unique',
    ],
    ['days and a date', [{ Expiration: { Days: 1, Date: day('2030-01-01') } }], 'MalformedXML', ''],
    [
      'days and a delete marker',
      [{ Expiration: { Days: 1, ExpiredObjectDeleteMarker: true } }],
      'MalformedXML',
      '',
    ],
    ['an empty expiration', [{ Expiration: {} }], 'MalformedXML', ''],
    ['a transition without a time', [{ Transitions: [{ StorageClass: 'GLACIER' }] }], 'MalformedXML', ''],
    [
      'a transition to Standard-IA before 30 days',
      [{ Transitions: ia(29) }],
      'InvalidArgument',
      "'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'",
    ],
    [
      'a noncurrent transition to Standard-IA before 30 days',
      [{ NoncurrentVersionTransitions: [{ StorageClass: 'STANDARD_IA', NoncurrentDays: 1 }] }],
      'InvalidArgument',
      "'NoncurrentDays' in NoncurrentVersionTransition action must be",
    ],
    [
      'an expiration on the day of the transition',
      [{ Filter: { Prefix: 'a/' }, Transitions: ia(30), Expiration: { Days: 30 } }],
      'InvalidArgument',
      "'Days' in the Expiration action for filter '(prefix=a/)' must be greater than 'Days' in the Transition",
    ],
    [
      'an expiration date before the transition',
      [
        {
          Transitions: [{ StorageClass: 'GLACIER', Date: day('2030-02-01') }],
          Expiration: { Date: day('2030-01-01') },
        },
      ],
      'InvalidArgument',
      'must be later than',
    ],
    [
      'days here and a date there',
      [{ Transitions: ia(30), Expiration: { Date: day('2030-01-01') } }],
      'InvalidRequest',
      "Found mixed 'Date' and 'Days'",
    ],
    [
      'noncurrent versions that expire before their transition',
      [
        {
          NoncurrentVersionTransitions: [{ StorageClass: 'GLACIER', NoncurrentDays: 9 }],
          NoncurrentVersionExpiration: { NoncurrentDays: 9 },
        },
      ],
      'InvalidArgument',
      "'NoncurrentDays' in the NoncurrentVersionExpiration action",
    ],
    [
      'a time of day',
      [{ Expiration: { Date: new Date('2030-01-01T01:00:00Z') } }],
      'InvalidArgument',
      'midnight',
    ],
    ['neither filter nor prefix', [{ Filter: undefined, Expiration: { Days: 1 } }], 'MalformedXML', ''],
    ['filter and prefix', [{ Prefix: 'a', Expiration: { Days: 1 } }], 'MalformedXML', ''],
    [
      'two conditions without And',
      [{ Filter: { Prefix: 'a', ObjectSizeGreaterThan: 1 }, Expiration: { Days: 1 } }],
      'MalformedXML',
      '',
    ],
    [
      'And with one condition',
      [{ Filter: { And: { Prefix: 'a' } }, Expiration: { Days: 1 } }],
      'MalformedXML',
      '',
    ],
    ['no rules', [], 'MalformedXML', ''],
  ])('%s', async (_, rules, code, message) => {
    await expect(configure(...rules)).rejects.toMatchObject(refusal(code, message));
  });

  test('rules in order are stored', async () => {
    const Rules: LifecycleRule[] = [
      {
        ...{ ID: 'a', Status: 'Enabled', Filter: { And: { Prefix: 'a', ObjectSizeGreaterThan: 1 } } },
        Transitions: [{ StorageClass: 'STANDARD_IA', Days: 30 }],
        Expiration: { Days: 31 },
      },
      { ID: 'b', Status: 'Enabled', Prefix: 'b', Expiration: { Date: day('2030-01-01') } },
    ];
    await s3Cloud.client.putBucketLifecycleConfiguration({ Bucket, LifecycleConfiguration: { Rules } });
    expect((await s3Cloud.client.getBucketLifecycleConfiguration({ Bucket })).Rules).toEqual(Rules);
  });
});

const cors = (AllowedMethods: string[]) => ({
  CORSConfiguration: { CORSRules: [{ AllowedMethods, AllowedOrigins: ['*'] }] },
});
const encryption = (rule: object) => ({
  ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: rule }] },
});
const tagging = (...keys: string[]) => ({ Tagging: { TagSet: keys.map((Key) => ({ Key, Value: 'v' })) } });
const logging = (TargetBucket: string) => ({
  BucketLoggingStatus: { LoggingEnabled: { TargetBucket, TargetPrefix: '' } },
});

test.each<[operation: string, input: object, code: string, message: string]>([
  ['PutBucketCors', cors(['GET', 'PATCH']), 'InvalidRequest', 'Unsupported method is PATCH'],
  ['PutBucketCors', { CORSConfiguration: { CORSRules: [] } }, 'MalformedXML', ''],
  ['PutBucketTagging', tagging('a', 'a'), 'InvalidTag', 'Cannot provide multiple Tags with the same key'],
  ['PutBucketTagging', tagging('aws:a'), 'InvalidTag', 'System tags cannot be added/updated by requester'],
  [
    'PutBucketTagging',
    tagging(...Array.from({ length: 51 }, (_, index) => `k${index}`)),
    'BadRequest',
    'cannot be greater than 50',
  ],
  ['PutBucketLogging', logging('missing'), 'InvalidTargetBucketForLogging', 'does not exist'],
  [
    'PutBucketEncryption',
    encryption({ SSEAlgorithm: 'AES256', KMSMasterKeyID: 'key' }),
    'InvalidArgument',
    'a KMSMasterKeyID is not applicable',
  ],
])('%s %j is refused', async (operation, input, code, message) => {
  await expect(put(operation, input)).rejects.toMatchObject(refusal(code, message));
});

test.each([
  ['PutBucketCors', cors(['GET', 'HEAD'])],
  ['PutBucketTagging', tagging('a', 'b')],
  ['PutBucketLogging', logging(Bucket)],
  ['PutBucketLogging', { BucketLoggingStatus: {} }],
  ['PutBucketEncryption', encryption({ SSEAlgorithm: 'AES256' })],
])('%s %j is accepted', async (operation, input) => {
  await expect(put(operation, input)).resolves.toBeDefined();
});

describe('policy', () => {
  const arn = `arn:aws:s3:::${Bucket}`;
  const policy = (Action: unknown, Resource: unknown, more: object = {}) => {
    const statement = { Effect: 'Deny', Principal: '*', Action, Resource, ...more };
    return put('PutBucketPolicy', {
      Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    });
  };

  test.each<[action: string | string[], resource: string | string[], message: string]>([
    ['s3:GetObject', 'arn:aws:s3:::other/*', 'Policy has invalid resource'],
    ['s3:GetObject', [`${arn}/*`, 'arn:aws:s3:::other/*'], 'Policy has invalid resource'],
    ['s3:GetObject', '*', 'Policy has invalid resource'],
    ['s3:GetObject', `${arn}x/*`, 'Policy has invalid resource'],
    ['s3:ListBucket', `${arn}/*`, 'Action does not apply to any resource(s) in statement'],
    ['s3:GetObject', arn, 'Action does not apply to any resource(s) in statement'],
    [['s3:GetObject', 's3:ListBucket'], `${arn}/*`, 'Action does not apply to any resource(s) in statement'],
    ['s3:GetObjects', `${arn}/*`, 'Policy has invalid action'],
    ['ec2:RunInstances', `${arn}/*`, 'Policy has invalid action'],
  ])('%j on %j is refused', async (action, resource, message) => {
    await expect(policy(action, resource)).rejects.toMatchObject({ code: 'MalformedPolicy', message });
  });

  test.each<[action: string | string[], resource: string | string[]]>([
    ['s3:*', [arn, `${arn}/*`]],
    ['s3:GetObject*', `${arn}/a/*`],
    [
      ['s3:GetObject', 's3:ListBucket'],
      [arn, `${arn}/*`],
    ],
    ['s3:ListBucket', 'arn:aws:s3:::sett*'],
    ['S3:getobject', `${arn}*`],
    ['*', arn],
  ])('%j on %j is accepted', async (action, resource) => {
    // Denied to another account only, so that the next case can replace the policy.
    const elsewhere = { Condition: { StringEquals: { 'aws:PrincipalAccount': '000000000000' } } };
    await expect(policy(action, resource, elsewhere)).resolves.toEqual({});
  });
});

test.each(['logs-s3alias', 'data--ol-s3', 'data.mrap', 'sthree-data', 'amzn-s3-demo-data', 'xn--data'])(
  'the bucket name %s is reserved',
  async (name) => {
    await expect(put('CreateBucket', { Bucket: name })).rejects.toMatchObject({ code: 'InvalidBucketName' });
  },
);

test.each(['us-east-1', 'mars'])('%s is not a location constraint', async (LocationConstraint) => {
  const input = { Bucket: 'located', CreateBucketConfiguration: { LocationConstraint } };
  await expect(put('CreateBucket', input)).rejects.toMatchObject({
    code: 'InvalidLocationConstraint',
    message: 'The specified location-constraint is not valid',
  });
});
