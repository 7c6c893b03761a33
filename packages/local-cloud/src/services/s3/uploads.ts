import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Received } from './bodies';
import type { Bucket, BucketStore, Upload } from './bucket-store';

/** Uploads in parts that are in progress. */
export class Uploads {
  constructor(
    private readonly cloud: Cloud,
    private readonly store: BucketStore,
  ) {}

  find(bucket: Bucket, key: string, uploadId: string): Upload {
    const { uploads } = this.store.contents(bucket.name);
    const upload = Object.hasOwn(uploads, uploadId) ? uploads[uploadId] : undefined;
    if (upload?.key === key) return upload;
    const message =
      'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.';
    throw new ServiceError('NoSuchUpload', message, { status: 404, members: { UploadId: uploadId } });
  }

  /** Removes an upload and its parts. */
  forget(bucket: Bucket, uploadId: string): void {
    const { uploads } = this.store.contents(bucket.name);
    for (const { file } of uploads[uploadId]?.parts ?? []) this.store.removeFile(bucket.name, file);
    delete uploads[uploadId];
    this.store.uploadChanged(bucket.name, uploadId);
  }

  /** Adds a received part; it replaces a part with the same number. */
  addPart(
    bucket: Bucket,
    uploadId: string,
    upload: Upload,
    number: number,
    { file, size, md5, checksum }: Received,
  ): number {
    const at = upload.parts.findIndex((part) => part.number === number);
    const [replaced] = at < 0 ? [] : upload.parts.splice(at, 1);
    if (replaced) this.store.removeFile(bucket.name, replaced.file);
    const modified = this.cloud.clock.now();
    // If the upload has no algorithm, S3 only checks the checksums of parts.
    const kept = upload.checksumAlgorithm && checksum && { checksum };
    upload.parts.push({ number, file, size, md5, modified, ...kept });
    upload.parts.sort((a, b) => a.number - b.number);
    this.store.uploadChanged(bucket.name, uploadId);
    return modified;
  }
}
