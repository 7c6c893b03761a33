import { KMS } from '@aws-sdk/client-kms';
import { kms } from '../../../local/services/kms';
import { playground, type Playground } from './playground';

let here: Playground;
let client: KMS;

beforeAll(async () => {
  here = await playground([kms]);
  client = new KMS(here.client);
});
afterAll(() => here.close());

const create = async () => (await client.createKey({ Description: 'test' })).KeyMetadata!;
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();

test('what a key encrypted it decrypts, under the same context only', async () => {
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

test('a data key comes in plain and encrypted', async () => {
  const { Arn } = await create();
  const key = await client.generateDataKey({ KeyId: Arn, KeySpec: 'AES_256' });
  expect(key.Plaintext).toHaveLength(32);
  const { Plaintext } = await client.decrypt({ CiphertextBlob: key.CiphertextBlob });
  expect(Plaintext).toEqual(key.Plaintext);
});

test('a key goes through its states, and works in one of them', async () => {
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

test('rotation is remembered', async () => {
  const { KeyId } = await create();
  await client.enableKeyRotation({ KeyId });
  expect(await client.getKeyRotationStatus({ KeyId })).toMatchObject({ KeyRotationEnabled: true });
});

test.each<[string, () => Promise<unknown>, string]>([
  ['a key that is not there', () => client.describeKey({ KeyId: 'nothing' }), 'NotFoundException'],
  ['another kind of key', () => client.createKey({ KeySpec: 'RSA_2048' }), 'NotImplemented'],
  [
    'a short wait',
    async () => client.scheduleKeyDeletion({ KeyId: (await create()).KeyId, PendingWindowInDays: 1 }),
    'ValidationException',
  ],
])('%s is refused', async (_, call, name) => {
  await expect(call()).rejects.toMatchObject({ name });
});
