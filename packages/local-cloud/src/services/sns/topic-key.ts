import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Call } from '../../core/service';
import type { Topic } from './topics';

/**
 * Requests a data key of an encrypted topic with the publisher's permissions, who needs kms:GenerateDataKey* and
 * kms:Decrypt (Developer Guide, "Securing Amazon SNS data with server-side encryption").
 *
 * @throws ServiceError KMSAccessDenied and similar, as SNS returns KMS's errors
 */
export async function useTopicKey(cloud: Cloud, topic: Topic, call: Call): Promise<void> {
  const KeyId = topic.attributes.KmsMasterKeyId;
  if (!KeyId) return;
  const caller = { principal: call.principal, sourceArn: call.sourceArn, via: 'sns' };
  const EncryptionContext = { 'aws:sns:topicArn': topic.arn };
  try {
    const request = { KeyId, KeySpec: 'AES_256' as const, EncryptionContext };
    const { CiphertextBlob } = await cloud.call('kms', 'GenerateDataKey', request, caller);
    const blob = CiphertextBlob as Uint8Array;
    await cloud.call('kms', 'Decrypt', { KeyId, CiphertextBlob: blob, EncryptionContext }, caller);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const codes: Record<string, string> = {
      AccessDeniedException: 'KMSAccessDenied',
      DisabledException: 'KMSDisabled',
      KMSInvalidStateException: 'KMSInvalidState',
      NotFoundException: 'KMSNotFound',
    };
    throw new ServiceError(codes[error.code] ?? error.code, error.message, { status: 400 });
  }
}
