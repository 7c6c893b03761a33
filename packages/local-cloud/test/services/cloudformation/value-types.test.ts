import { Account, bucket, parameter } from './account';

let account: Account;
beforeEach(async () => (account = await Account.open()));
afterEach(() => account.close());

const rules = (ExpirationInDays: unknown, BlockPublicAcls: unknown) =>
  bucket({
    BucketName: 'typed',
    LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays }] },
    PublicAccessBlockConfiguration: { BlockPublicAcls },
  });

test('values written as another type reach the service with its type, and are no change', async () => {
  const written = { Port: parameter(8080, '/port'), Data: rules('5', 'true') };
  expect(await account.deploy('Stack', { Resources: written })).toMatchObject({
    StackStatus: 'CREATE_COMPLETE',
  });
  expect(await account.value('/port')).toBe('8080');
  const { cloud } = account.here;
  const input = { Bucket: 'typed' };
  expect(
    (await cloud.call('s3', 'GetBucketLifecycleConfiguration', input, account.operator)).Rules,
  ).toMatchObject([{ Expiration: { Days: 5 } }]);
  expect(
    (await cloud.call('s3', 'GetPublicAccessBlock', input, account.operator)).PublicAccessBlockConfiguration,
  ).toMatchObject({ BlockPublicAcls: true });
  const same = { Port: parameter('8080', '/port'), Data: rules(5, true) };
  expect(await account.review('Stack', { Resources: same })).toMatchObject({ Status: 'FAILED', Changes: [] });
  const other = { Port: parameter('8081', '/port'), Data: rules('5', 'true') };
  expect(
    (await account.review('Stack', { Resources: other }, { ChangeSetName: 'other' })).Changes,
  ).toHaveLength(1);
});
