import { randomBytes, randomUUID } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Store } from '../../core/store';

/** Key specs for message authentication codes: bytes of the key, its algorithm, and the hash in Node. */
export const HMAC_KEYS = {
  HMAC_224: { bytes: 28, algorithm: 'HMAC_SHA_224', hash: 'sha224' },
  HMAC_256: { bytes: 32, algorithm: 'HMAC_SHA_256', hash: 'sha256' },
  HMAC_384: { bytes: 48, algorithm: 'HMAC_SHA_384', hash: 'sha384' },
  HMAC_512: { bytes: 64, algorithm: 'HMAC_SHA_512', hash: 'sha512' },
} as const;
export type HmacSpec = keyof typeof HMAC_KEYS;
export type Usage = 'ENCRYPT_DECRYPT' | 'GENERATE_VERIFY_MAC';

export function isHmacSpec(spec: string): spec is HmacSpec {
  return Object.hasOwn(HMAC_KEYS, spec);
}

export interface Key {
  id: string;
  arn: string;
  description: string;
  created: number;
  state: 'Enabled' | 'Disabled' | 'PendingDeletion';
  /** Milliseconds since the epoch, while the deletion is pending. */
  deletion?: number;
  rotation: boolean;
  /** A policy document as JSON text. */
  policy: string;
  /** Set for a key for message authentication codes, undefined for an encryption key. */
  spec?: HmacSpec;
  /** Bytes in base64; 32 bytes for an encryption key, which encrypts data keys. */
  material: string;
}

export function usageOf({ spec }: Key): Usage {
  return spec === undefined ? 'ENCRYPT_DECRYPT' : 'GENERATE_VERIFY_MAC';
}

/** Keys for encryption and for message authentication codes, by id. */
export class Keys {
  private readonly store: Store<Record<string, Key>>;

  constructor(private readonly cloud: Cloud) {
    this.store = cloud.stores.store('kms', () => ({}));
  }

  list(): Key[] {
    return Object.values(this.store.data);
  }

  /** Finds a key by id or ARN; returns undefined if it does not exist. */
  find(reference: string): Key | undefined {
    const id = reference.split(':key/').at(-1)!;
    const key = this.store.data[id];
    return key && (reference === id || reference === key.arn) ? key : undefined;
  }

  /** @throws ServiceError NotFoundException */
  get(reference: string): Key {
    const key = this.find(reference);
    if (key) return key;
    const message = reference.startsWith('arn:')
      ? `Key '${reference}' does not exist`
      : `Key '${this.cloud.arn('kms', `key/${reference}`)}' does not exist`;
    throw new ServiceError('NotFoundException', message);
  }

  /** @throws ServiceError for a key that cannot be used now, or not for this operation */
  usable(reference: string, operation: string, usage: Usage): Key {
    const key = this.enabled(reference);
    if (usageOf(key) === usage) return key;
    const message = `${key.arn} key usage is ${usageOf(key)} which is not valid for ${operation}.`;
    throw new ServiceError('InvalidKeyUsageException', message);
  }

  /** @throws ServiceError for a key that does not support rotation, or cannot be used now */
  rotatable(reference: string): Key {
    const { spec, arn } = this.get(reference);
    if (spec === undefined) return this.enabled(reference);
    const message = `${arn} has the key spec ${spec}; only keys of the spec SYMMETRIC_DEFAULT rotate.`;
    throw new ServiceError('UnsupportedOperationException', message);
  }

  private enabled(reference: string): Key {
    const key = this.get(reference);
    if (key.state === 'Disabled') throw new ServiceError('DisabledException', `${key.arn} is disabled.`);
    if (key.state === 'PendingDeletion') {
      throw new ServiceError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
    }
    return key;
  }

  create(facts: { description: string; policy?: string; spec?: HmacSpec }): Key {
    const id = randomUUID();
    const key: Key = {
      id,
      arn: this.cloud.arn('kms', `key/${id}`),
      description: facts.description,
      created: this.cloud.clock.now(),
      state: 'Enabled',
      rotation: false,
      policy: facts.policy ?? JSON.stringify(defaultPolicy(this.cloud.account)),
      ...(facts.spec && { spec: facts.spec }),
      material: randomBytes(facts.spec ? HMAC_KEYS[facts.spec].bytes : 32).toString('base64'),
    };
    this.store.data[id] = key;
    this.changed();
    return key;
  }

  /** Removes a key whose creation is refused. */
  forget({ id }: Key): void {
    delete this.store.data[id];
    this.changed();
  }

  changed(): void {
    this.store.changed();
  }
}

/** The policy of a key that is created without one: the account's identity policies decide. */
export function defaultPolicy(account: string): object {
  const statement = {
    Sid: 'Enable IAM User Permissions',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
  return { Version: '2012-10-17', Id: 'key-default-1', Statement: [statement] };
}
