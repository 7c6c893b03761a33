import { KMS } from '@aws-sdk/client-kms';
import { kms } from '../../../src/services/kms';
import { testCloud, type TestCloud } from '../../support/test-cloud';

let here: TestCloud;
let client: KMS;

beforeAll(async () => {
  here = await testCloud([kms]);
  client = new KMS(here.client);
});
afterAll(() => here.close());

const create = async () => (await client.createKey({ Description: 'test' })).KeyMetadata!;
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();

test('a key decrypts its ciphertext with the same context only', async () => {
  const { KeyId } = await create();
  const EncryptionContext = { purpose: 'a', other: 'b' };
  const Plaintext = Buffer.from('secret');
  const { CiphertextBlob } = await client.encrypt({ KeyId, Plaintext, EncryptionContext });
  expect(text(CiphertextBlob)).not.toContain('secret');
  const inAnotherOrder = { other: 'b', purpose: 'a' };
  const decrypted = await client.decrypt({ CiphertextBlob, EncryptionContext: inAnotherOrder });
  expect(text(decrypted.Plaintext)).toBe('secret');
  await expect(client.decrypt({ CiphertextBlob })).rejects.toMatchObject({
    name: 'InvalidCiphertextException',
  });
  const damaged = Buffer.from(CiphertextBlob!);
  damaged[damaged.length - 1]! ^= 1;
  await expect(client.decrypt({ CiphertextBlob: damaged, EncryptionContext })).rejects.toThrow(/changed/);
});

test('a data key is returned in plain and encrypted', async () => {
  const { Arn } = await create();
  const key = await client.generateDataKey({ KeyId: Arn, KeySpec: 'AES_256' });
  expect(key.Plaintext).toHaveLength(32);
  const { Plaintext } = await client.decrypt({ CiphertextBlob: key.CiphertextBlob });
  expect(Plaintext).toEqual(key.Plaintext);
});

test('a key has states, and works only when it is enabled', async () => {
  const { KeyId } = await create();
  const use = () => client.generateDataKey({ KeyId, KeySpec: 'AES_256' });
  await client.disableKey({ KeyId });
  await expect(use()).rejects.toMatchObject({ name: 'DisabledException' });
  await client.enableKey({ KeyId });
  await use();
  const { DeletionDate } = await client.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 });
  expect(Math.round((DeletionDate!.getTime() - Date.now()) / 86_400_000)).toBe(7);
  await expect(use()).rejects.toMatchObject({ name: 'KMSInvalidStateException' });
  await client.cancelKeyDeletion({ KeyId });
  expect((await client.describeKey({ KeyId })).KeyMetadata).toMatchObject({ KeyState: 'Disabled' });
});

describe('message authentication codes', () => {
  const Message = Buffer.from('what is signed');
  const hmacKey = async (KeySpec: 'HMAC_224' | 'HMAC_256' | 'HMAC_384' | 'HMAC_512' = 'HMAC_256') =>
    (await client.createKey({ KeySpec, KeyUsage: 'GENERATE_VERIFY_MAC' })).KeyMetadata!;

  test.each([
    ['HMAC_224', 'HMAC_SHA_224', 28],
    ['HMAC_256', 'HMAC_SHA_256', 32],
    ['HMAC_384', 'HMAC_SHA_384', 48],
    ['HMAC_512', 'HMAC_SHA_512', 64],
  ] as const)('%s makes and verifies %s of %d bytes', async (spec, MacAlgorithm, bytes) => {
    const { KeyId, Arn, ...metadata } = await hmacKey(spec);
    expect(metadata).toMatchObject({
      KeySpec: spec,
      KeyUsage: 'GENERATE_VERIFY_MAC',
      MacAlgorithms: [MacAlgorithm],
    });
    expect(metadata.EncryptionAlgorithms).toBeUndefined();
    const { Mac, ...made } = await client.generateMac({ KeyId, Message, MacAlgorithm });
    expect([Mac!.length, made]).toEqual([bytes, expect.objectContaining({ KeyId: Arn, MacAlgorithm })]);
    const verified = await client.verifyMac({ KeyId: Arn, Message, MacAlgorithm, Mac });
    expect(verified).toMatchObject({ KeyId: Arn, MacValid: true, MacAlgorithm });
  });

  test('a code of another message, key or length is invalid', async () => {
    const MacAlgorithm = 'HMAC_SHA_256';
    const [{ KeyId }, other] = [await hmacKey(), await hmacKey()];
    const { Mac } = await client.generateMac({ KeyId, Message, MacAlgorithm });
    const right = { KeyId, Message, MacAlgorithm, Mac } as const;
    for (const wrong of [
      { ...right, Message: Buffer.from('what is signeD') },
      { ...right, KeyId: other.KeyId },
      { ...right, Mac: Mac!.subarray(1) },
    ]) {
      await expect(client.verifyMac(wrong)).rejects.toMatchObject({ name: 'KMSInvalidMacException' });
    }
    await expect(client.verifyMac({ ...right, DryRun: true })).rejects.toMatchObject({
      name: 'DryRunOperationException',
    });
  });

  const mac = { Message, MacAlgorithm: 'HMAC_SHA_256' } as const;
  test.each<[string, () => Promise<unknown>, string]>([
    [
      'a code by an encryption key',
      async () => client.generateMac({ ...mac, KeyId: (await create()).KeyId }),
      'InvalidKeyUsageException',
    ],
    [
      'another algorithm',
      async () => client.generateMac({ KeyId: (await hmacKey('HMAC_512')).KeyId, ...mac }),
      'InvalidKeyUsageException',
    ],
    [
      'encryption by such a key',
      async () => client.encrypt({ KeyId: (await hmacKey()).KeyId, Plaintext: Message }),
      'InvalidKeyUsageException',
    ],
    [
      'its data key',
      async () => client.generateDataKey({ KeyId: (await hmacKey()).KeyId, KeySpec: 'AES_256' }),
      'InvalidKeyUsageException',
    ],
    [
      'its rotation',
      async () => client.enableKeyRotation({ KeyId: (await hmacKey()).KeyId }),
      'UnsupportedOperationException',
    ],
    [
      'a message too long',
      async () => client.generateMac({ ...mac, KeyId: (await hmacKey()).KeyId, Message: Buffer.alloc(4097) }),
      'ValidationException',
    ],
    ['a key without its usage', () => client.createKey({ KeySpec: 'HMAC_256' }), 'ValidationException'],
    [
      'a usage that does not fit',
      () => client.createKey({ KeyUsage: 'GENERATE_VERIFY_MAC' }),
      'ValidationException',
    ],
    [
      'a disabled key',
      async () => {
        const { KeyId } = await hmacKey();
        await client.disableKey({ KeyId });
        return client.generateMac({ ...mac, KeyId });
      },
      'DisabledException',
    ],
  ])('%s is refused', async (_, call, name) => {
    await expect(call()).rejects.toMatchObject({ name });
  });
});

test('rotation is stored', async () => {
  const { KeyId } = await create();
  await client.enableKeyRotation({ KeyId });
  expect(await client.getKeyRotationStatus({ KeyId })).toMatchObject({ KeyRotationEnabled: true });
});

test.each<[string, () => Promise<unknown>, string]>([
  ['a missing key', () => client.describeKey({ KeyId: 'nothing' }), 'NotFoundException'],
  ['another kind of key', () => client.createKey({ KeySpec: 'RSA_2048' }), 'NotImplemented'],
  [
    'a short wait',
    async () => client.scheduleKeyDeletion({ KeyId: (await create()).KeyId, PendingWindowInDays: 1 }),
    'ValidationException',
  ],
])('%s is refused', async (_, call, name) => {
  await expect(call()).rejects.toMatchObject({ name });
});
