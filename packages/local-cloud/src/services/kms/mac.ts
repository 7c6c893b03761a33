import { createHmac, timingSafeEqual } from 'node:crypto';
import { ServiceError } from '../../model/errors';
import type { Operations } from '../../core/service';
import { HMAC_KEYS, type Key, type Keys } from './keys';

interface MacInput {
  KeyId?: string;
  Message?: Uint8Array;
  MacAlgorithm?: string;
  DryRun?: boolean;
}

/** Message authentication codes (RFC 2104); each key has one algorithm. */
export function macOperations(keys: Keys): Pick<Operations<'kms'>, 'GenerateMac' | 'VerifyMac'> {
  function compute(operation: string, { KeyId = '', Message, MacAlgorithm = '', DryRun }: MacInput) {
    const key = keys.usable(KeyId, operation, 'GENERATE_VERIFY_MAC');
    const { algorithm, hash } = HMAC_KEYS[key.spec!];
    if (MacAlgorithm !== algorithm) {
      const message = `Algorithm ${MacAlgorithm} is incompatible with key spec ${key.spec!}.`;
      throw new ServiceError('InvalidKeyUsageException', message);
    }
    const mac = createHmac(hash, Buffer.from(key.material, 'base64')).update(Message!).digest();
    return { key, algorithm, mac, dryRun: DryRun ?? false };
  }

  return {
    async GenerateMac(input) {
      const { key, algorithm, mac, dryRun } = compute('GenerateMac', input);
      if (dryRun) throw dry(key);
      return { KeyId: key.arn, MacAlgorithm: algorithm, Mac: mac };
    },

    async VerifyMac({ Mac, ...input }) {
      const { key, algorithm, mac, dryRun } = compute('VerifyMac', input);
      if (mac.length !== Mac!.length || !timingSafeEqual(mac, Mac!)) {
        throw new ServiceError('KMSInvalidMacException', 'The MAC is not that of this message and key.');
      }
      if (dryRun) throw dry(key);
      return { KeyId: key.arn, MacAlgorithm: algorithm, MacValid: true };
    },
  };
}

function dry({ arn }: Key): ServiceError {
  const message = `The request on ${arn} would have succeeded, but the DryRun option is set.`;
  return new ServiceError('DryRunOperationException', message);
}
