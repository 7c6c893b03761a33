import type { Cloud } from '../../core/cloud';
import { compareKeys } from '../../core/paging';
import type { Operations } from '../../core/service';
import { ServiceError } from '../../model/errors';
import type { BucketStore, Upload } from './bucket-store';
import { checkLimit, encoder, selectPage } from './list-pages';
import { ownerOf } from './object-facts';
import { Uploads } from './uploads';

const MAX_PER_PAGE = 1000;

/** Operations that list uploads in parts, and the parts of one upload. */
export function multipartListingOperations(cloud: Cloud, store: BucketStore): Operations<'s3'> {
  const uploads = new Uploads(cloud, store);
  const people = ({ initiator }: Upload) => ({
    Owner: ownerOf(cloud),
    ...(initiator !== undefined && {
      Initiator: { ID: initiator, DisplayName: initiator.slice(initiator.lastIndexOf('/') + 1) },
    }),
  });

  return {
    async ListParts(input) {
      const { Bucket, Key, UploadId } = input;
      const upload = uploads.find(store.get(Bucket!), Key!, UploadId!);
      const MaxParts = checkLimit('max-parts', input.MaxParts, MAX_PER_PAGE);
      const PartNumberMarker = input.PartNumberMarker || '0';
      const left = upload.parts.filter(({ number }) => number > Number(PartNumberMarker));
      const shown = left.slice(0, MaxParts);
      const { checksumAlgorithm, checksumType } = upload;
      return {
        ...{ Bucket, Key, UploadId, MaxParts, PartNumberMarker },
        ...people(upload),
        StorageClass: upload.facts.StorageClass ?? 'STANDARD',
        ...(checksumAlgorithm && { ChecksumAlgorithm: checksumAlgorithm, ChecksumType: checksumType }),
        IsTruncated: left.length > shown.length,
        NextPartNumberMarker: String(shown.at(-1)?.number ?? 0),
        Parts: shown.map(({ number, size, md5, modified, checksum }) => ({
          PartNumber: number,
          Size: size,
          ETag: `"${md5}"`,
          LastModified: new Date(modified),
          ...(checksum && { [checksum.member]: checksum.value }),
        })),
      };
    },

    async ListMultipartUploads(input) {
      const { name } = store.get(input.Bucket!);
      const { Prefix = '', Delimiter, KeyMarker = '' } = input;
      const encode = encoder(input.EncodingType);
      // Without a key marker, an upload id marker has no effect (API reference, ListMultipartUploads).
      const UploadIdMarker = KeyMarker === '' ? '' : (input.UploadIdMarker ?? '');
      const limit = checkLimit('max-uploads', input.MaxUploads, MAX_PER_PAGE);
      const all = sorted(store.contents(name).uploads);
      const mark = all.findIndex(([id, { key }]) => id === UploadIdMarker && key === KeyMarker);
      if (UploadIdMarker !== '' && mark < 0) {
        const members = { ArgumentName: 'upload-id-marker', ArgumentValue: UploadIdMarker };
        throw new ServiceError('InvalidArgument', 'Invalid uploadId marker', { members });
      }
      const seen = new Set(all.slice(0, mark + 1));
      const page = selectPage(all, {
        ...{ prefix: Prefix, delimiter: Delimiter, limit, keyOf: ([, { key }]) => key },
        isSeen: (entry) =>
          mark < 0 ? KeyMarker !== '' && compareKeys(entry[1].key, KeyMarker) <= 0 : seen.has(entry),
        isPrefixSeen: (prefix) => KeyMarker.startsWith(prefix),
      });
      const { entries, commonPrefixes } = page;
      // S3 returns the last upload of the page, and no marker for a page without uploads (localstack,
      // tests/aws/services/s3/test_s3_list_operations.snapshot.json, `TestS3ListMultipartUploads`).
      const [lastId = '', last] = entries.at(-1) ?? [];
      return {
        Bucket: name,
        ...(Prefix !== '' && { Prefix: encode(Prefix) }),
        ...(Delimiter && { Delimiter: encode(Delimiter) }),
        EncodingType: input.EncodingType,
        MaxUploads: limit,
        KeyMarker: encode(KeyMarker),
        UploadIdMarker,
        NextKeyMarker: encode(last?.key ?? ''),
        NextUploadIdMarker: lastId,
        IsTruncated: page.last !== undefined,
        Uploads: entries.map(([UploadId, upload]) => ({
          UploadId,
          Key: encode(upload.key),
          Initiated: new Date(upload.started),
          ...people(upload),
          StorageClass: upload.facts.StorageClass ?? 'STANDARD',
          ...(upload.checksumAlgorithm && {
            ChecksumAlgorithm: upload.checksumAlgorithm,
            ChecksumType: upload.checksumType,
          }),
        })),
        CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
      };
    },
  };
}

type Entry = [uploadId: string, upload: Upload];

/** Returns uploads by key, then in the order in which they were started. */
function sorted(uploads: Readonly<Record<string, Upload>>): Entry[] {
  return Object.entries(uploads).sort(([, a], [, b]) => compareKeys(a.key, b.key) || a.started - b.started);
}
