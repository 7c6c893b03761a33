import type { KMS } from '@aws-sdk/client-kms';
import { randomBytes } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import { notSupported, ServiceError } from '../../model/errors';
import { page } from '../../core/paging';
import type { Permission, Service, ServiceDefinition } from '../../core/service';
import { documentOf } from '../../access/policy-documents';
import { decrypt, encrypt, keyIdOf } from './envelope';
import { HMAC_KEYS, isHmacSpec, Keys, usageOf, type HmacSpec, type Key } from './keys';
import { macOperations } from './mac';
import { keyPolicies } from './key-policies';
import { keyTypes } from './resources';

const DAY_MS = 24 * 3_600_000;
const PAGE = 100;

/**
 * KMS: symmetric keys of this account for encryption and for message authentication codes, their policies, and the data
 * keys that other services request with their callers' permissions. Objects are not encrypted with data keys: S3
 * requests them so that it refuses a request where AWS would.
 */
function create(cloud: Cloud): Service<'kms'> {
  const keys = new Keys(cloud);

  const describe = (key: Key) => ({
    AWSAccountId: cloud.account,
    KeyId: key.id,
    Arn: key.arn,
    CreationDate: new Date(key.created),
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: usageOf(key),
    KeyState: key.state,
    ...(key.deletion !== undefined && { DeletionDate: new Date(key.deletion) }),
    Origin: 'AWS_KMS' as const,
    KeyManager: 'CUSTOMER' as const,
    KeySpec: key.spec ?? ('SYMMETRIC_DEFAULT' as const),
    ...(key.spec
      ? { MacAlgorithms: [HMAC_KEYS[key.spec].algorithm] }
      : { EncryptionAlgorithms: ['SYMMETRIC_DEFAULT' as const] }),
    MultiRegion: false,
  });

  const arnOf = (reference = '') => keys.find(reference)?.arn ?? cloud.arn('kms', `key/${reference}`);
  const onKey =
    (action: string) =>
    ({
      KeyId,
      EncryptionContext = {},
      MacAlgorithm,
    }: {
      KeyId?: string;
      EncryptionContext?: Record<string, string>;
      MacAlgorithm?: string;
    }): Permission => ({
      action: `kms:${action}`,
      resources: [arnOf(KeyId)],
      context: {
        'kms:CallerAccount': cloud.account,
        ...(MacAlgorithm !== undefined && { 'kms:MacAlgorithm': MacAlgorithm }),
        ...Object.fromEntries(
          Object.entries(EncryptionContext).map(([key, value]) => [`kms:EncryptionContext:${key}`, value]),
        ),
      },
    });

  function setState(reference: string, state: 'Enabled' | 'Disabled'): void {
    const key = keys.get(reference);
    if (key.state === 'PendingDeletion') {
      throw new ServiceError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
    }
    key.state = state;
    keys.changed();
  }

  function setRotation(reference: string, rotation: boolean): void {
    keys.rotatable(reference).rotation = rotation;
    keys.changed();
  }

  const policies = keyPolicies(cloud, keys, onKey('PutKeyPolicy'));

  return {
    permissions: {
      CreateKey: () => ({ action: 'kms:CreateKey', resources: ['*'] }),
      DescribeKey: onKey('DescribeKey'),
      GetKeyPolicy: onKey('GetKeyPolicy'),
      PutKeyPolicy: onKey('PutKeyPolicy'),
      EnableKey: onKey('EnableKey'),
      DisableKey: onKey('DisableKey'),
      EnableKeyRotation: onKey('EnableKeyRotation'),
      DisableKeyRotation: onKey('DisableKeyRotation'),
      GetKeyRotationStatus: onKey('GetKeyRotationStatus'),
      UpdateKeyDescription: onKey('UpdateKeyDescription'),
      ScheduleKeyDeletion: onKey('ScheduleKeyDeletion'),
      CancelKeyDeletion: onKey('CancelKeyDeletion'),
      Encrypt: onKey('Encrypt'),
      GenerateDataKey: onKey('GenerateDataKey'),
      GenerateMac: onKey('GenerateMac'),
      VerifyMac: onKey('VerifyMac'),
      Decrypt: (input) =>
        onKey('Decrypt')({
          ...input,
          KeyId: input.KeyId ?? keyIdOf(input.CiphertextBlob ?? new Uint8Array()),
        }),
    },
    resourcePolicy: (arn) => documentOf(keys.find(arn)?.policy),
    operations: {
      ...macOperations(keys),
      ...policies.operations,

      async CreateKey(input, call) {
        const { Description = '', Policy, KeySpec, KeyUsage, MultiRegion, Origin } = input;
        const spec = checkKind(KeySpec, KeyUsage);
        if (MultiRegion) throw notSupported('multi-Region keys', 'Leave MultiRegion out.');
        if (Origin !== undefined && Origin !== 'AWS_KMS')
          throw notSupported(`the origin ${Origin}`, 'Use AWS_KMS.');
        if (Policy !== undefined) policies.check(Policy);
        const facts = { description: Description, ...(Policy && { policy: Policy }), ...(spec && { spec }) };
        const key = keys.create(facts);
        try {
          if (Policy !== undefined && !input.BypassPolicyLockoutSafetyCheck) policies.checkLockout(key, call);
        } catch (error) {
          keys.forget(key);
          throw error;
        }
        return { KeyMetadata: describe(key) };
      },

      async DescribeKey({ KeyId = '' }) {
        return { KeyMetadata: describe(keys.get(KeyId)) };
      },

      async ListKeys({ Limit = PAGE, Marker }) {
        const invalid = (message: string) => new ServiceError('InvalidMarkerException', message);
        const { items, nextToken } = page(keys.list(), ({ id }) => id, Limit, Marker, invalid);
        return {
          Keys: items.map(({ id, arn }) => ({ KeyId: id, KeyArn: arn })),
          Truncated: nextToken !== undefined,
          NextMarker: nextToken,
        };
      },

      async EnableKey({ KeyId = '' }) {
        setState(KeyId, 'Enabled');
        return {};
      },

      async DisableKey({ KeyId = '' }) {
        setState(KeyId, 'Disabled');
        return {};
      },

      async EnableKeyRotation({ KeyId = '', RotationPeriodInDays }) {
        if (RotationPeriodInDays !== undefined && RotationPeriodInDays !== 365) {
          throw notSupported('RotationPeriodInDays', 'Leave it out: 365 days.');
        }
        setRotation(KeyId, true);
        return {};
      },

      async DisableKeyRotation({ KeyId = '' }) {
        setRotation(KeyId, false);
        return {};
      },

      async GetKeyRotationStatus({ KeyId = '' }) {
        const { rotation, arn } = keys.rotatable(KeyId);
        return { KeyId: arn, KeyRotationEnabled: rotation };
      },

      async UpdateKeyDescription({ KeyId = '', Description = '' }) {
        keys.get(KeyId).description = Description;
        keys.changed();
        return {};
      },

      async ScheduleKeyDeletion({ KeyId = '', PendingWindowInDays: days = 30 }) {
        const key = keys.get(KeyId);
        if (key.state === 'PendingDeletion') {
          throw new ServiceError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
        }
        key.state = 'PendingDeletion';
        key.deletion = cloud.clock.now() + days * DAY_MS;
        keys.changed();
        return {
          KeyId: key.arn,
          DeletionDate: new Date(key.deletion),
          KeyState: key.state,
          PendingWindowInDays: days,
        };
      },

      async CancelKeyDeletion({ KeyId = '' }) {
        const key = keys.get(KeyId);
        if (key.state !== 'PendingDeletion') {
          throw new ServiceError('KMSInvalidStateException', `${key.arn} is not pending deletion.`);
        }
        key.state = 'Disabled';
        delete key.deletion;
        keys.changed();
        return { KeyId: key.arn };
      },

      async Encrypt({ KeyId = '', Plaintext, EncryptionContext }) {
        const key = keys.usable(KeyId, 'Encrypt', 'ENCRYPT_DECRYPT');
        return { KeyId: key.arn, CiphertextBlob: encrypt(key, Plaintext!, EncryptionContext) };
      },

      async Decrypt({ KeyId, CiphertextBlob, EncryptionContext }) {
        if (CiphertextBlob === undefined) {
          const message =
            "1 validation error detected: Value at 'ciphertextBlob' failed to satisfy constraint: Member must not be null";
          throw new ServiceError('ValidationException', message);
        }
        const key = keys.usable(KeyId ?? keyIdOf(CiphertextBlob), 'Decrypt', 'ENCRYPT_DECRYPT');
        return { KeyId: key.arn, Plaintext: decrypt(key, CiphertextBlob, EncryptionContext) };
      },

      async GenerateDataKey({ KeyId = '', KeySpec, NumberOfBytes, EncryptionContext }) {
        const key = keys.usable(KeyId, 'GenerateDataKey', 'ENCRYPT_DECRYPT');
        if ((KeySpec === undefined) === (NumberOfBytes === undefined)) {
          // The sentence that Moto and LocalStack return.
          throw new ServiceError('ValidationException', 'Please specify either number of bytes or key spec.');
        }
        const plaintext = randomBytes(NumberOfBytes ?? (KeySpec === 'AES_128' ? 16 : 32));
        return {
          KeyId: key.arn,
          Plaintext: plaintext,
          CiphertextBlob: encrypt(key, plaintext, EncryptionContext),
        };
      },
    },
  };
}

/** @returns the spec of a key for message authentication codes; undefined for an encryption key */
function checkKind(spec = 'SYMMETRIC_DEFAULT', usage: string | undefined): HmacSpec | undefined {
  if (spec !== 'SYMMETRIC_DEFAULT' && !isHmacSpec(spec)) {
    const known = ['SYMMETRIC_DEFAULT', ...Object.keys(HMAC_KEYS)].join(', ');
    throw notSupported(`the key spec ${spec}`, `Use one of ${known}.`);
  }
  const wanted = isHmacSpec(spec) ? 'GENERATE_VERIFY_MAC' : 'ENCRYPT_DECRYPT';
  if (isHmacSpec(spec) && usage === undefined) {
    const message = `You must specify a KeyUsage value for a key of the spec ${spec}: ${wanted}.`;
    throw new ServiceError('ValidationException', message);
  }
  if (usage !== undefined && usage !== wanted) {
    const message = `KeyUsage ${usage} is not compatible with KeySpec ${spec}; it takes ${wanted}.`;
    throw new ServiceError('ValidationException', message);
  }
  return isHmacSpec(spec) ? spec : undefined;
}

export const kms: ServiceDefinition<'kms'> = {
  id: 'kms',
  facts: {
    package: '@aws-sdk/client-kms',
    signingName: 'kms',
    iamPrefix: 'kms',
    protocol: 'awsJson1_1',
    target: 'TrentService',
    invalidInput: 'ValidationException',
  },
  resourceTypes: keyTypes,
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    kms: KMS;
  }
}
