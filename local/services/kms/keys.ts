import { randomBytes, randomUUID } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../core/errors';
import type { Store } from '../../core/store';

export interface Key {
  id: string;
  arn: string;
  description: string;
  created: number;
  state: 'Enabled' | 'Disabled' | 'PendingDeletion';
  /** Milliseconds since the epoch, while it is pending. */
  deletion?: number;
  rotation: boolean;
  /** A policy document as JSON text. */
  policy: string;
  /** 32 bytes in base64: data keys are encrypted with it. */
  material: string;
}

/** Symmetric encryption keys, by id. */
export class Keys {
  private readonly store: Store<Record<string, Key>>;

  constructor(private readonly cloud: Cloud) {
    this.store = cloud.stores.store('kms', () => ({}));
  }

  list(): Key[] {
    return Object.values(this.store.data);
  }

  /** By id or ARN; undefined where there is none. */
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

  /** @throws ServiceError for a key that must not be used now */
  usable(reference: string): Key {
    const key = this.get(reference);
    if (key.state === 'Disabled') throw new ServiceError('DisabledException', `${key.arn} is disabled.`);
    if (key.state === 'PendingDeletion') {
      throw new ServiceError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
    }
    return key;
  }

  create(facts: { description: string; policy?: string }): Key {
    const id = randomUUID();
    const key: Key = {
      id,
      arn: this.cloud.arn('kms', `key/${id}`),
      description: facts.description,
      created: this.cloud.clock.now(),
      state: 'Enabled',
      rotation: false,
      policy: facts.policy ?? JSON.stringify(this.defaultPolicy()),
      material: randomBytes(32).toString('base64'),
    };
    this.store.data[id] = key;
    this.changed();
    return key;
  }

  changed(): void {
    this.store.changed();
  }

  /** What a key gets that is created without a policy: the account's identity policies decide. */
  private defaultPolicy(): object {
    const statement = {
      Sid: 'Enable IAM User Permissions',
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${this.cloud.account}:root` },
      Action: 'kms:*',
      Resource: '*',
    };
    return { Version: '2012-10-17', Id: 'key-default-1', Statement: [statement] };
  }
}
