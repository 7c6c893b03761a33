import { ServiceError } from '../../model/errors';
import type { Cloud } from '../../core/cloud';
import { compareKeys, readToken, writeToken } from '../../core/paging';
import type { Operations } from '../../core/service';
import type { BucketStore, StoredChecksum } from './bucket-store';
import { checkLimit, encoder, selectPage } from './list-pages';
import { ownerOf } from './object-facts';

export const MAX_KEYS = 1000;

interface Page {
  prefix?: string;
  delimiter?: string;
  after?: string;
  limit: number;
  /**
   * True if a marker below a common prefix hides that prefix, as S3 answered to LocalStack's tests
   * (tests/aws/services/s3/test_s3_list_operations.snapshot.json, `test_list_objects_marker_common_prefixes`).
   */
  skipsPrefixOfMarker?: boolean;
}

/** ListObjects and ListObjectsV2. */
export function listingOperations(cloud: Cloud, store: BucketStore): Operations<'s3'> {
  /** Returns a page of the keys whose current version is not a delete marker, after a key or common prefix. */
  const select = (bucket: string, page: Page) => {
    const { after = '', skipsPrefixOfMarker } = page;
    const keys = Object.entries(store.contents(bucket).objects)
      .filter(([, versions]) => versions.at(-1)?.deleteMarker === undefined)
      .map(([key]) => key)
      .sort(compareKeys);
    const { last, ...selected } = selectPage(keys, {
      ...{ prefix: page.prefix ?? '', delimiter: page.delimiter, limit: page.limit, keyOf: (key) => key },
      isSeen: (key) => after !== '' && compareKeys(key, after) <= 0,
      isPrefixSeen: (prefix) => (skipsPrefixOfMarker ? after.startsWith(prefix) : after === prefix),
    });
    return { ...selected, last: last && ('entry' in last ? last.entry : last.prefix) };
  };

  const shownObject = (bucket: string, key: string, encode: (text: string) => string) => {
    const { modified, etag, size, facts, checksum } = store.versions(bucket, key).at(-1)!;
    return {
      Key: encode(key),
      LastModified: new Date(modified),
      ETag: etag,
      Size: size,
      StorageClass: facts.StorageClass ?? ('STANDARD' as const),
      ...checksumKind(checksum),
    };
  };

  return {
    async ListObjects(input) {
      const { name } = store.get(input.Bucket!);
      const { Prefix = '', Delimiter, Marker = '', EncodingType } = input;
      const limit = checkLimit('max-keys', input.MaxKeys, MAX_KEYS);
      const encode = encoder(EncodingType);
      const { entries, commonPrefixes, last } = select(name, {
        ...{ prefix: Prefix, delimiter: Delimiter, after: Marker, limit },
        skipsPrefixOfMarker: true,
      });
      return {
        Name: name,
        Prefix: encode(Prefix),
        Delimiter: Delimiter && encode(Delimiter),
        Marker: encode(Marker),
        EncodingType,
        MaxKeys: limit,
        IsTruncated: last !== undefined,
        // "This element is returned only if you have the delimiter request parameter specified": API reference.
        ...(last !== undefined && Delimiter && { NextMarker: encode(last) }),
        Contents: entries.map((key) => ({ ...shownObject(name, key, encode), Owner: ownerOf(cloud) })),
        CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
      };
    },

    async ListObjectsV2(input) {
      const { name } = store.get(input.Bucket!);
      const { Prefix = '', Delimiter, StartAfter, ContinuationToken, EncodingType } = input;
      const limit = checkLimit('max-keys', input.MaxKeys, MAX_KEYS);
      const after = ContinuationToken === undefined ? StartAfter : readToken(ContinuationToken, invalidToken);
      const page = { prefix: Prefix, delimiter: Delimiter, after, limit };
      const { entries, commonPrefixes, last } = select(name, page);
      const encode = encoder(EncodingType);
      return {
        Name: name,
        Prefix: encode(Prefix),
        Delimiter: Delimiter && encode(Delimiter),
        StartAfter: StartAfter && encode(StartAfter),
        ContinuationToken,
        EncodingType,
        MaxKeys: limit,
        KeyCount: entries.length + commonPrefixes.length,
        IsTruncated: last !== undefined,
        NextContinuationToken: last && writeToken(last),
        Contents: entries.map((key) => ({
          ...shownObject(name, key, encode),
          ...(input.FetchOwner && { Owner: ownerOf(cloud) }),
        })),
        CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
      };
    },
  };
}

/** Returns the members of a listing about an object's checksum. */
export function checksumKind(checksum: StoredChecksum | undefined) {
  return (
    checksum && {
      ChecksumAlgorithm: [checksum.member.slice('Checksum'.length) as 'CRC32'],
      ChecksumType: checksum.type,
    }
  );
}

function invalidToken(message: string): ServiceError {
  return new ServiceError('InvalidArgument', message, { members: { ArgumentName: 'continuation-token' } });
}
