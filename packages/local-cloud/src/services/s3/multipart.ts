import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Input, Operations } from '../../core/service';
import { receive } from './bodies';
import type { BucketStore, Part, StoredChecksum, Upload } from './bucket-store';
import { checkWriteConditions, checkWriteConditionsAgain } from './conditions';
import { readCopyRange } from './copy-source';
import { CopySources } from './copying';
import { ObjectEncryption } from './encryption';
import { announce } from './events';
import { checkKey, factsOf, shownChecksum, shownEncryption, shownVersion } from './object-facts';
import { checkPartNumber } from './parts';
import { parseTagging } from './tags';
import {
  checkComposite,
  checkCompletion,
  checkPartAlgorithm,
  chooseChecksum,
  compositeChecksum,
} from './upload-checksums';
import { Uploads } from './uploads';

const MIN_PART_BYTES = 5 * 1024 * 1024;

/** Operations on uploads in parts. */
export function multipartOperations(cloud: Cloud, store: BucketStore): Operations<'s3'> {
  const encryption = new ObjectEncryption(cloud);

  const uploads = new Uploads(cloud, store);
  const sources = new CopySources(cloud, store);

  return {
    async CreateMultipartUpload(input, call) {
      const bucket = store.get(input.Bucket!);
      const uploadId = randomBytes(24).toString('base64url');
      const key = checkKey(input.Key!);
      const facts = factsOf(input, bucket);
      const tags = input.Tagging === undefined ? [] : parseTagging(input.Tagging);
      const upload: Upload = {
        key,
        started: cloud.clock.now(),
        initiator: call.principal.arn,
        facts,
        ...chooseChecksum(input),
        ...(await encryption.newDataKey(call, bucket, key, facts)),
        ...(tags.length > 0 && { tags }),
        parts: [],
      };
      store.contents(bucket.name).uploads[uploadId] = upload;
      store.uploadChanged(bucket.name, uploadId);
      const { checksumAlgorithm, checksumType } = upload;
      return {
        Bucket: bucket.name,
        Key: upload.key,
        UploadId: uploadId,
        ...shownEncryption(upload),
        ...(checksumAlgorithm && { ChecksumAlgorithm: checksumAlgorithm, ChecksumType: checksumType }),
      };
    },

    async UploadPart(input, call) {
      const bucket = store.get(input.Bucket!);
      const upload = uploads.find(bucket, input.Key!, input.UploadId!);
      const number = checkPartNumber(input.PartNumber);
      checkPartAlgorithm(upload, input);
      await encryption.useDataKey(call, bucket, upload.key, upload);
      const received = await receive(store.directory(bucket.name), {
        ...input,
        ChecksumAlgorithm: input.ChecksumAlgorithm ?? upload.checksumAlgorithm,
      });
      uploads.addPart(bucket, input.UploadId!, upload, number, received);
      return { ETag: `"${received.md5}"`, ...shownEncryption(upload), ...partChecksum(received.checksum) };
    },

    async UploadPartCopy(input, call) {
      const bucket = store.get(input.Bucket!);
      const upload = uploads.find(bucket, input.Key!, input.UploadId!);
      const number = checkPartNumber(input.PartNumber);
      const { from, bucket: sourceBucket, version: source } = sources.find(input, call);
      const range = readCopyRange(input.CopySourceRange, source.size);
      await encryption.useDataKey(call, sourceBucket, from.key, source);
      await encryption.useDataKey(call, bucket, upload.key, upload);
      const received = await receive(store.directory(bucket.name), {
        Body: createReadStream(store.file(sourceBucket.name, source.file!), range),
        ChecksumAlgorithm: upload.checksumAlgorithm,
      });
      const modified = uploads.addPart(bucket, input.UploadId!, upload, number, received);
      return {
        CopyPartResult: {
          ETag: `"${received.md5}"`,
          LastModified: new Date(modified),
          ...partChecksum(received.checksum),
        },
        ...shownEncryption(upload),
        ...(sourceBucket.versioning && { CopySourceVersionId: source.id }),
      };
    },

    async AbortMultipartUpload({ Bucket, Key, UploadId }) {
      const bucket = store.get(Bucket!);
      uploads.find(bucket, Key!, UploadId!);
      uploads.forget(bucket, UploadId!);
      return {};
    },

    async CompleteMultipartUpload(input, call) {
      const bucket = store.get(input.Bucket!);
      const upload = uploads.find(bucket, input.Key!, input.UploadId!);
      const parts = chosenParts(upload, input);
      checkCompletion(upload, parts, input);
      await encryption.useDataKey(call, bucket, upload.key, upload);
      const current = () => store.versions(bucket.name, upload.key).at(-1);
      checkWriteConditions(input, current());
      const whole = upload.checksumType === 'FULL_OBJECT';
      const composite = whole ? undefined : await compositeChecksum(parts);
      checkComposite(input, composite);
      const { file, size, checksum } = await receive(store.directory(bucket.name), {
        ...(whole && { ...input, ChecksumAlgorithm: upload.checksumAlgorithm }),
        Body: Readable.from(concatenate(parts.map((part) => store.file(bucket.name, part.file)))),
      });
      const md5 = createHash('md5').update(Buffer.concat(parts.map((part) => Buffer.from(part.md5, 'hex'))));
      checkWriteConditionsAgain(input, current(), store.file(bucket.name, file));
      const version = store.push(bucket, upload.key, {
        modified: cloud.clock.now(),
        size,
        etag: `"${md5.digest('hex')}-${parts.length}"`,
        file,
        checksum: whole ? checksum : composite,
        parts: parts.map(({ number, size: bytes, checksum: own }) => ({
          ...{ number, size: bytes },
          ...(own && { checksum: own }),
        })),
        ...(upload.tags && { tags: upload.tags }),
        facts: upload.facts,
        ...(upload.dataKey && { dataKey: upload.dataKey }),
      });
      uploads.forget(bucket, input.UploadId!);
      announce(cloud, bucket, 'Object Created', {
        key: upload.key,
        version,
        call,
        reason: 'CompleteMultipartUpload',
      });
      return {
        Bucket: bucket.name,
        Key: upload.key,
        Location: `${cloud.endpoint}/${bucket.name}/${upload.key}`,
        ETag: version.etag,
        ...shownVersion(bucket, version),
        ...shownEncryption(version),
        ...shownChecksum(version.checksum),
      };
    },
  };
}

/** Returns the uploaded parts that the request lists. */
function chosenParts(upload: Upload, input: Input<'s3', 'CompleteMultipartUpload'>): Part[] {
  const listed = input.MultipartUpload?.Parts ?? [];
  if (listed.length === 0) {
    throw new ServiceError('MalformedXML', 'You must specify at least one part in MultipartUpload.Parts.');
  }
  const chosen = listed.map(({ PartNumber, ETag }) => {
    const part = upload.parts.find(({ number }) => number === PartNumber);
    if (part && ETag?.replaceAll('"', '') === part.md5) return part;
    const message = `One or more of the specified parts could not be found: part ${PartNumber} with ETag ${ETag}.`;
    throw new ServiceError('InvalidPart', message);
  });
  if (chosen.some((part, i) => i > 0 && part.number <= chosen[i - 1]!.number)) {
    throw new ServiceError('InvalidPartOrder', 'The list of parts was not in ascending order.');
  }
  const small = chosen.slice(0, -1).find(({ size }) => size < MIN_PART_BYTES);
  if (small) {
    const message = `Your proposed upload is smaller than the minimum allowed size: part ${small.number} has ${small.size} bytes, at least ${MIN_PART_BYTES} are needed.`;
    throw new ServiceError('EntityTooSmall', message);
  }
  return chosen;
}

async function* concatenate(files: readonly string[]): AsyncGenerator<Buffer> {
  for (const file of files) yield* createReadStream(file) as AsyncIterable<Buffer>;
}

/** Returns a part's checksum without its type, which is the upload's. */
function partChecksum(checksum: StoredChecksum | undefined) {
  return checksum && { [checksum.member]: checksum.value };
}
