import type { ResourceToImport } from '@aws-sdk/client-cloudformation';
import { Account, bucket, parameter, type Resources } from './account';

let account: Account;
beforeEach(async () => (account = await Account.open()));
afterEach(() => account.close());

const kept = { DeletionPolicy: 'RetainExceptOnCreate' } as const;
const RETAINED: Resources = {
  Bucket: { ...bucket({ BucketName: 'kept-bucket' }), ...kept },
  Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'kept' }, ...kept },
};
const full = { Resources: { ...RETAINED, Name: parameter({ Ref: 'Bucket' }, '/name') } };
const topicArn = 'arn:aws:sns:us-east-1:123456789012:kept';

const toImport = (BucketName = 'kept-bucket'): ResourceToImport[] => [
  {
    LogicalResourceId: 'Bucket',
    ResourceType: 'AWS::S3::Bucket',
    ResourceIdentifier: { BucketName },
  },
  { LogicalResourceId: 'Topic', ResourceType: 'AWS::SNS::Topic', ResourceIdentifier: { TopicArn: topicArn } },
];

/** Creates a stack, puts an object into its bucket, and deletes it. */
async function retained(): Promise<void> {
  const stack = await account.deploy('First', full);
  const object = { Bucket: 'kept-bucket', Key: 'k', Body: 'x' };
  await account.here.cloud.call('s3', 'PutObject', object, account.operator);
  expect((await account.delete(stack)).StackStatus).toBe('DELETE_COMPLETE');
}

const importing = (Resources: Resources, ResourcesToImport: ResourceToImport[], name = 'Second') =>
  account.deploy(name, { Resources }, { ChangeSetType: 'IMPORT', ResourcesToImport });

test('retained resources become a new stack’s, and the next deployment completes it', async () => {
  await retained();
  // Without an import, the names are taken.
  await expect(account.deploy('Third', full)).resolves.toMatchObject({ StackStatus: 'ROLLBACK_COMPLETE' });
  const imported = await importing(RETAINED, toImport());
  expect(imported.StackStatus).toBe('IMPORT_COMPLETE');
  expect(await account.events('Second')).toEqual([
    'Second REVIEW_IN_PROGRESS',
    'Second IMPORT_IN_PROGRESS',
    'Bucket IMPORT_IN_PROGRESS',
    'Bucket IMPORT_COMPLETE',
    'Topic IMPORT_IN_PROGRESS',
    'Topic IMPORT_COMPLETE',
    'Second IMPORT_COMPLETE',
  ]);
  expect((await account.deploy('Second', full)).StackStatus).toBe('UPDATE_COMPLETE');
  expect(await account.value('/name')).toBe('kept-bucket');
  const object = { Bucket: 'kept-bucket', Key: 'k' };
  await account.here.cloud.call('s3', 'HeadObject', object, account.operator);
});

test('an import of something that does not exist leaves nothing in the stack', async () => {
  await retained();
  const stack = await importing(RETAINED, toImport('another-bucket'));
  expect(stack.StackStatus).toBe('IMPORT_ROLLBACK_COMPLETE');
  const { StackResources } = await account.cfn.describeStackResources({ StackName: 'Second' });
  expect(StackResources).toEqual([]);
});

test.each<[why: string, resources: Resources, request: ResourceToImport[], message: RegExp]>([
  [
    'a resource more in the template',
    full.Resources,
    toImport(),
    /Resources \[Name\] is missing from ResourceToImport list/,
  ],
  ['no resources', RETAINED, [], /ResourcesToImport is empty/],
  [
    'a resource without a deletion policy',
    { ...RETAINED, Bucket: bucket({ BucketName: 'kept-bucket' }) },
    toImport(),
    /Bucket must have a DeletionPolicy/,
  ],
  [
    'a type that cannot be imported',
    { Name: parameter('1', '/name', kept) },
    [
      {
        ...{ LogicalResourceId: 'Name', ResourceType: 'AWS::SSM::Parameter' },
        ResourceIdentifier: { Name: '/name' },
      },
    ],
    /ResourceTypes \[AWS::SSM::Parameter\] are not supported for Import/,
  ],
  [
    'another identifier',
    RETAINED,
    [{ ...toImport()[0]!, ResourceIdentifier: { Arn: 'x' } }, toImport()[1]!],
    /has \[Arn\]; AWS::S3::Bucket is identified by BucketName/,
  ],
])('%s is refused', async (_, resources, request, message) => {
  await retained();
  await expect(importing(resources, request)).rejects.toThrow(message);
});

test('ResourcesToImport needs a change set of the type IMPORT', async () => {
  const request = account.deploy('Second', full, { ResourcesToImport: toImport() });
  await expect(request).rejects.toThrow(/for change sets of the type IMPORT/);
});
