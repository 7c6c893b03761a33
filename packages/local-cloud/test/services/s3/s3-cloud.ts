import { S3 } from '@aws-sdk/client-s3';
import type { CloudOptions } from '../../../src/core/cloud';
import { kms } from '../../../src/services/kms';
import { s3 } from '../../../src/services/s3';
import { testCloud, type TestCloud } from '../../support/test-cloud';

/** A cloud with S3 and KMS, and an SDK client for S3. */
export interface S3Cloud {
  here: TestCloud;
  client: S3;
  /** Creates a bucket for a test, versioned by default. */
  bucket(name: string, options?: { versioned?: boolean }): Promise<string>;
  /** Creates a key; returns its id. */
  key(): Promise<string>;
  /** Returns an object's text. */
  read(bucket: string, key: string, versionId?: string): Promise<string>;
  restart(): Promise<void>;
}

export async function startS3Cloud(options: Partial<CloudOptions> = {}): Promise<S3Cloud> {
  const here = await testCloud([s3, kms], options);
  const result: S3Cloud = {
    here,
    client: new S3(here.client),
    async bucket(Bucket, { versioned = true } = {}) {
      await result.client.createBucket({ Bucket });
      const VersioningConfiguration = { Status: 'Enabled' as const };
      if (versioned) await result.client.putBucketVersioning({ Bucket, VersioningConfiguration });
      return Bucket;
    },
    async key() {
      const caller = { principal: here.cloud.principals.operator };
      return (await here.cloud.call('kms', 'CreateKey', {}, caller)).KeyMetadata!.KeyId!;
    },
    async read(Bucket, Key, VersionId) {
      return (await result.client.getObject({ Bucket, Key, VersionId })).Body!.transformToString();
    },
    async restart() {
      await here.restart();
      result.client = new S3(here.client);
    },
  };
  return result;
}
