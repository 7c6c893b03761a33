import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Call } from '../../core/service';
import type { Bucket, ObjectFacts } from './bucket-store';

interface Encrypted {
  facts: ObjectFacts;
  /** The object's data key, encrypted, in base64: only for objects under a KMS key. */
  dataKey?: string;
}

/**
 * Encryption under KMS, to the extent that callers can observe it: S3 calls KMS for a data key when an object is
 * written, and to decrypt it when it is read, on behalf of its caller (User Guide, "Using server-side encryption with
 * AWS KMS keys"). The object's bytes stay unencrypted.
 */
export class ObjectEncryption {
  constructor(private readonly cloud: Cloud) {}

  /**
   * Returns a new data key. @throws ServiceError AccessDenied or KMS's error
   *
   * @throws ServiceError AccessDenied or what KMS says of the key
   */
  async newDataKey(
    call: Call,
    bucket: Bucket,
    key: string,
    facts: ObjectFacts,
  ): Promise<{ dataKey?: string }> {
    const KeyId = keyOf(facts);
    if (KeyId === undefined) return {};
    const EncryptionContext = contextOf(bucket, key, facts);
    const { CiphertextBlob } = await this.ask(() =>
      this.cloud.call('kms', 'GenerateDataKey', { KeyId, KeySpec: 'AES_256', EncryptionContext }, via(call)),
    );
    return { dataKey: Buffer.from(CiphertextBlob as Uint8Array).toString('base64') };
  }

  /**
   * Decrypts an object's data key. @throws ServiceError AccessDenied or KMS's error
   *
   * @throws ServiceError AccessDenied or what KMS says of the key
   */
  async useDataKey(call: Call, bucket: Bucket, key: string, { facts, dataKey }: Encrypted): Promise<void> {
    if (dataKey === undefined) return;
    const CiphertextBlob = Buffer.from(dataKey, 'base64');
    const EncryptionContext = contextOf(bucket, key, facts);
    await this.ask(() =>
      this.cloud.call(
        'kms',
        'Decrypt',
        { KeyId: keyOf(facts), CiphertextBlob, EncryptionContext },
        via(call),
      ),
    );
  }

  private async ask<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      if (error.code === 'AccessDeniedException') {
        throw new ServiceError('AccessDenied', error.message, { status: 403 });
      }
      throw new ServiceError(`KMS.${error.code}`, error.message, { status: 400 });
    }
  }
}

/** Returns the KMS key; undefined for S3's own keys, which every caller may use. */
function keyOf({ ServerSideEncryption, SSEKMSKeyId }: ObjectFacts): string | undefined {
  return ServerSideEncryption === undefined || ServerSideEncryption === 'AES256' ? undefined : SSEKMSKeyId;
}

/** Returns the encryption context. With a bucket key it is the bucket's ARN, not the object's. */
function contextOf({ name }: Bucket, key: string, { BucketKeyEnabled }: ObjectFacts): Record<string, string> {
  const bucketArn = `arn:aws:s3:::${name}`;
  return { 'aws:s3:arn': BucketKeyEnabled ? bucketArn : `${bucketArn}/${key}` };
}

function via({ principal, sourceArn }: Call) {
  return { principal, sourceArn, via: 's3' };
}
