import { KMS } from '@aws-sdk/client-kms';
import { RESOURCE_TYPES } from '../../../src/services';
import type { Properties, ResourceContext } from '../../../src/core/resource-type';
import { kms } from '../../../src/services/kms';
import { testCloud, type TestCloud } from '../../support/test-cloud';

const type = RESOURCE_TYPES['AWS::KMS::Key']!;
let here: TestCloud;
let client: KMS;
let context: ResourceContext;
beforeAll(async () => {
  here = await testCloud([kms]);
  client = new KMS(here.client);
  const caller = { principal: here.cloud.principals.operator };
  context = { cloud: here.cloud, caller, stackName: 'Stack', logicalId: 'Key', made: () => undefined };
});
afterAll(() => here.close());

const hmac: Properties = { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC', Description: 'signs' };

test('a key for message authentication codes is created, updated and deleted', async () => {
  const created = await type.create(hmac, context);
  const existing = { ...created, properties: hmac };
  const metadata = async () => (await client.describeKey({ KeyId: created.physicalId })).KeyMetadata;
  expect(await metadata()).toMatchObject({ KeySpec: 'HMAC_256', Description: 'signs' });
  await type.update!({ ...hmac, Description: 'signs links' }, context, existing);
  expect(await metadata()).toMatchObject({ Description: 'signs links', KeyState: 'Enabled' });
  await type.delete(existing, context);
  expect(await metadata()).toMatchObject({ KeyState: 'PendingDeletion' });
});

test.each<[string, Properties]>([
  ['KeySpec', { ...hmac, KeySpec: 'HMAC_512' }],
  ['KeyUsage', { ...hmac, KeyUsage: 'ENCRYPT_DECRYPT' }],
  ['KeySpec', { Description: 'encrypts' }],
])('its %s never changes', async (name, changed) => {
  const existing = { ...(await type.create(hmac, context)), properties: hmac };
  await expect(type.update!(changed, context, existing)).rejects.toThrow(`${name} of a key cannot change`);
});

test('a removed key policy is replaced by the default one', async () => {
  const own = {
    Version: '2012-10-17',
    Statement: [
      {
        ...{ Sid: 'Own', Effect: 'Allow', Action: 'kms:*', Resource: '*' },
        Principal: { AWS: `arn:aws:iam::${here.cloud.account}:root` },
      },
    ],
  };
  const created = await type.create({ KeyPolicy: own }, context);
  await type.update!({}, context, { ...created, properties: { KeyPolicy: own } });
  const { Policy } = await client.getKeyPolicy({ KeyId: created.physicalId });
  const { KeyId } = (await client.createKey({})).KeyMetadata!;
  expect(Policy).toBe((await client.getKeyPolicy({ KeyId })).Policy);
});
