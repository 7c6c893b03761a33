import { KMS } from '@aws-sdk/client-kms';
import { policyAuthorizer } from '../../../src/access/authorizer';
import { kms } from '../../../src/services/kms';
import { testCloud, type TestCloud } from '../../support/test-cloud';

let here: TestCloud;
let client: KMS;
beforeAll(async () => {
  here = await testCloud([kms], { authorizer: policyAuthorizer });
  client = new KMS(here.client);
});
afterAll(() => here.close());

const policy = (Action: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${here.cloud.account}:root` },
        Action,
        Resource: '*',
      },
    ],
  });

test('a policy that locks the caller out needs the bypass', async () => {
  const refused = {
    name: 'MalformedPolicyDocumentException',
    message: 'The new key policy will not allow you to update the key policy in the future.',
  };
  const { Keys: before } = await client.listKeys({});
  await expect(client.createKey({ Policy: policy('kms:Encrypt') })).rejects.toMatchObject(refused);
  expect((await client.listKeys({})).Keys).toEqual(before);
  const { KeyId } = (await client.createKey({ Policy: policy('kms:*') })).KeyMetadata!;
  await expect(client.putKeyPolicy({ KeyId, Policy: policy('kms:GetKeyPolicy') })).rejects.toMatchObject(
    refused,
  );
  expect((await client.getKeyPolicy({ KeyId })).Policy).toBe(policy('kms:*'));
  const Policy = policy('kms:GetKeyPolicy');
  await client.putKeyPolicy({ KeyId, Policy, BypassPolicyLockoutSafetyCheck: true });
  expect((await client.getKeyPolicy({ KeyId })).Policy).toBe(Policy);
});

test.each([{}, { KeySpec: 'AES_256' as const, NumberOfBytes: 32 }])(
  'a data key has either a spec or a number of bytes, not %j',
  async (size) => {
    const { KeyId } = (await client.createKey({})).KeyMetadata!;
    await expect(client.generateDataKey({ KeyId, ...size })).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Please specify either number of bytes or key spec.',
    });
  },
);
