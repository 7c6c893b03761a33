import type { Cloud } from '../../core/cloud';

/** @param reference a key's id or ARN, as other services accept it */
export function keyArn(cloud: Cloud, reference: string): string {
  return reference.startsWith('arn:') ? reference : cloud.arn('kms', `key/${reference}`);
}
