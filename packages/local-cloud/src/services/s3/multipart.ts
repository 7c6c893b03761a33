import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Input, Operations } from '../../core/service';
import { createChecksum, isChecksumAlgorithm } from '../../protocols/checksums';
import { receive } from './bodies';
import type { BucketStore, Part, StoredChecksum, Upload } from './bucket-store';
import { checkWriteConditions, checkWriteConditionsAgain } from './conditions';
import { ObjectEncryption } from './encryption';
import { announce } from './events';
import {
  checkKey,
  factsOf,
  refuseUnsupported,
  shownChecksum,
  shownEncryption,
  shownVersion,
} from './object-facts';

const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PARTS = 10_000;

/** Uploads in parts. */
export function multipartOperations(cloud: Cloud, store: BucketStore): Operations<'s3'> {
  const encryption = new ObjectEncryption(cloud);

  function find(bucket: string, key: string, uploadId: string): Upload {
    const { uploads } = store.contents(store.get(bucket).name);
    const upload = Object.hasOwn(uploads, uploadId) ? uploads[uploadId] : undefined;
    if (upload?.key === key) return upload;
    const message =
      'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.';
    throw new ServiceError('NoSuchUpload', message, { status: 404, members: { UploadId: uploadId } });
  }

  function forget(bucket: string, uploadId: string): void {
    const { uploads } = store.contents(bucket);
    for (const { file } of uploads[uploadId]?.parts ?? []) rmSync(store.file(bucket, file), { force: true });
    delete uploads[uploadId];
    store.contentsChanged(bucket);
  }

  return {
    async CreateMultipartUpload(input, call) {
      refuseUnsupported(input);
      const bucket = store.get(input.Bucket!);
      const uploadId = randomBytes(24).toString('base64url');
      const key = checkKey(input.Key!);
      const facts = factsOf(input, bucket);
      const upload: Upload = {
        key,
        started: cloud.clock.now(),
        facts,
        ...(await encryption.newDataKey(call, bucket, key, facts)),
        ...(input.ChecksumAlgorithm && {
          checksumAlgorithm: input.ChecksumAlgorithm,
          // There is no composite form of this one.
          checksumType:
            input.ChecksumAlgorithm === 'CRC64NVME' ? 'FULL_OBJECT' : (input.ChecksumType ?? 'COMPOSITE'),
        }),
        parts: [],
      };
      store.contents(bucket.name).uploads[uploadId] = upload;
      store.contentsChanged(bucket.name);
      const { ChecksumAlgorithm, ChecksumType } = input;
      const checksums = ChecksumAlgorithm && { ChecksumAlgorithm, ChecksumType: ChecksumType ?? 'COMPOSITE' };
      return {
        Bucket: bucket.name,
        Key: upload.key,
        UploadId: uploadId,
        ...shownEncryption(upload),
        ...checksums,
      };
    },

    async UploadPart(input, call) {
      refuseUnsupported({ ...input, PartNumber: undefined });
      const bucket = store.get(input.Bucket!);
      const upload = find(bucket.name, input.Key!, input.UploadId!);
      await encryption.useDataKey(call, bucket, upload.key, upload);
      const number = input.PartNumber!;
      if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
        const message = `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive; not ${number}.`;
        throw new ServiceError('InvalidArgument', message);
      }
      const { file, size, md5, checksum } = await receive(store.directory(bucket.name), {
        ...input,
        ChecksumAlgorithm: input.ChecksumAlgorithm ?? upload.checksumAlgorithm,
      });
      const at = upload.parts.findIndex((part) => part.number === number);
      const [replaced] = at < 0 ? [] : upload.parts.splice(at, 1);
      if (replaced) rmSync(store.file(bucket.name, replaced.file), { force: true });
      upload.parts.push({ number, file, size, md5, modified: cloud.clock.now(), checksum });
      upload.parts.sort((a, b) => a.number - b.number);
      store.contentsChanged(bucket.name);
      const { ChecksumType: _type, ...shown }: Record<string, string> = shownChecksum(checksum) ?? {};
      return { ETag: `"${md5}"`, ...shownEncryption(upload), ...shown };
    },

    async ListParts({ Bucket, Key, UploadId, MaxParts = 1000, PartNumberMarker = '0' }) {
      const upload = find(Bucket!, Key!, UploadId!);
      const left = upload.parts.filter(({ number }) => number > Number(PartNumberMarker));
      const shown = left.slice(0, MaxParts);
      return {
        Bucket,
        Key,
        UploadId,
        MaxParts,
        PartNumberMarker,
        IsTruncated: left.length > shown.length,
        ...(left.length > shown.length && { NextPartNumberMarker: String(shown.at(-1)?.number ?? 0) }),
        Parts: shown.map(({ number, size, md5, modified }) => ({
          PartNumber: number,
          Size: size,
          ETag: `"${md5}"`,
          LastModified: new Date(modified),
        })),
      };
    },

    async AbortMultipartUpload({ Bucket, Key, UploadId }) {
      find(Bucket!, Key!, UploadId!);
      forget(Bucket!, UploadId!);
      return {};
    },

    async CompleteMultipartUpload(input, call) {
      const bucket = store.get(input.Bucket!);
      const upload = find(bucket.name, input.Key!, input.UploadId!);
      const parts = chosenParts(upload, input);
      await encryption.useDataKey(call, bucket, upload.key, upload);
      const current = () => store.versions(bucket.name, upload.key).at(-1);
      checkWriteConditions(input, current());
      const whole = upload.checksumType === 'FULL_OBJECT';
      const { file, size, checksum } = await receive(store.directory(bucket.name), {
        ...(whole && { ...input, ChecksumAlgorithm: upload.checksumAlgorithm }),
        Body: Readable.from(concatenate(parts.map((part) => store.file(bucket.name, part.file)))),
      });
      const md5 = createHash('md5').update(Buffer.concat(parts.map((part) => Buffer.from(part.md5, 'hex'))));
      const shown = whole ? checksum : await compositeChecksum(parts);
      checkWriteConditionsAgain(input, current(), store.file(bucket.name, file));
      const version = store.push(bucket, upload.key, {
        modified: cloud.clock.now(),
        size,
        etag: `"${md5.digest('hex')}-${parts.length}"`,
        file,
        checksum: shown,
        facts: upload.facts,
        ...(upload.dataKey && { dataKey: upload.dataKey }),
      });
      forget(bucket.name, input.UploadId!);
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

/** The parts that the request lists, as they were uploaded. */
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

/** The checksum of the parts' checksums, with their number, as S3 shows it for uploads in parts. */
async function compositeChecksum(parts: readonly Part[]): Promise<StoredChecksum | undefined> {
  const [first] = parts;
  const algorithm = first?.checksum?.member.slice('Checksum'.length);
  const all = parts.flatMap(({ checksum }) =>
    checksum?.member === first?.checksum?.member ? [checksum!.value] : [],
  );
  if (algorithm === undefined || !isChecksumAlgorithm(algorithm) || all.length < parts.length)
    return undefined;
  const checksum = createChecksum(algorithm);
  for (const value of all) checksum.update(Buffer.from(value, 'base64'));
  return {
    member: `Checksum${algorithm}`,
    value: `${await checksum.digest()}-${parts.length}`,
    type: 'COMPOSITE',
  };
}
