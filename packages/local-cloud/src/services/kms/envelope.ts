import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { ServiceError } from '../../model/errors';
import type { Key } from './keys';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** The length of a key's id, with which a ciphertext begins, so that Decrypt needs no key id. */
const ID_BYTES = 36;

export type EncryptionContext = Readonly<Record<string, string>>;

/** Encrypts to `key id | nonce | tag | ciphertext`, with the encryption context as additional authenticated data. */
export function encrypt(key: Key, plaintext: Uint8Array, context: EncryptionContext = {}): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key.material, 'base64'), nonce);
  cipher.setAAD(canonical(context));
  const text = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([Buffer.from(key.id), nonce, cipher.getAuthTag(), text]);
}

/** Returns the id of the key that encrypted a ciphertext. */
export function keyIdOf(ciphertext: Uint8Array): string {
  return Buffer.from(ciphertext.subarray(0, ID_BYTES)).toString();
}

/** @throws ServiceError InvalidCiphertextException for another key, another context or a damaged ciphertext */
export function decrypt(key: Key, ciphertext: Uint8Array, context: EncryptionContext = {}): Buffer {
  const bytes = Buffer.from(ciphertext).subarray(ID_BYTES);
  const nonce = bytes.subarray(0, NONCE_BYTES);
  try {
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key.material, 'base64'), nonce);
    decipher.setAAD(canonical(context));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    throw new ServiceError(
      'InvalidCiphertextException',
      'The ciphertext was not made with this key and this encryption context, or it was changed.',
    );
  }
}

function canonical(context: EncryptionContext): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))));
}
