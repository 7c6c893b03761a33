import { ServiceError } from '../../model/errors';
import type { Cloud } from '../../core/cloud';
import { compareKeys, readToken, writeToken } from '../../core/paging';
import type { Operations } from '../../core/service';
import type { BucketStore, StoredChecksum, Version } from './bucket-store';
import { ownerOf } from './object-facts';

const MAX_KEYS = 1000;

interface Question {
  prefix: string;
  delimiter?: string;
  /** Only what sorts after this. */
  after?: string;
  limit: number;
}

interface Answer<T> {
  entries: T[];
  commonPrefixes: string[];
  /** The last key or common prefix shown, if there is more. */
  last?: string;
}

/**
 * The keys of a listing: those below the prefix, in order, folded at the delimiter. Both keys and common prefixes
 * count towards the limit.
 *
 * @param keys sorted as {@link compareKeys} sorts.
 */
export function selectKeys(
  keys: readonly string[],
  { prefix, delimiter, after, limit }: Question,
): Answer<string> {
  const entries: string[] = [];
  const commonPrefixes: string[] = [];
  let last: string | undefined;
  for (const key of keys) {
    if (!key.startsWith(prefix) || (after !== undefined && compareKeys(key, after) <= 0)) continue;
    const folded = foldedAt(key, prefix, delimiter);
    // A page that ended on a common prefix has shown all that lies below it.
    if (folded !== undefined && (folded === last || folded === after)) continue;
    if (entries.length + commonPrefixes.length === limit) return { entries, commonPrefixes, last };
    last = folded ?? key;
    if (folded === undefined) entries.push(key);
    else commonPrefixes.push(folded);
  }
  return { entries, commonPrefixes };
}

/** The common prefix that a key falls under; undefined where the key is listed itself. */
export function foldedAt(key: string, prefix: string, delimiter: string | undefined): string | undefined {
  const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
  return delimiter && end >= 0 ? key.slice(0, end + delimiter.length) : undefined;
}

/** ListObjects, ListObjectsV2 and ListObjectVersions. */
export function listingOperations(cloud: Cloud, store: BucketStore): Operations<'s3'> {
  const sortedKeys = (bucket: string, wanted: (versions: Version[]) => boolean) =>
    Object.entries(store.contents(bucket).objects)
      .filter(([, versions]) => wanted(versions))
      .map(([key]) => key)
      .sort(compareKeys);
  const isThere = (versions: Version[]) => versions.at(-1)?.deleteMarker === undefined;

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
      const question = { prefix: Prefix, delimiter: Delimiter, after: Marker, limit };
      const { entries, commonPrefixes, last } = selectKeys(sortedKeys(name, isThere), question);
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
      const question = { prefix: Prefix, delimiter: Delimiter, after, limit };
      const { entries, commonPrefixes, last } = selectKeys(sortedKeys(name, isThere), question);
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

    async ListObjectVersions(input) {
      const { name } = store.get(input.Bucket!);
      const { Prefix = '', Delimiter, KeyMarker, VersionIdMarker, EncodingType } = input;
      const limit = checkLimit('max-keys', input.MaxKeys, MAX_KEYS);
      const encode = encoder(EncodingType);
      // A version marker goes on inside its key, so that key is looked at once more.
      const after = VersionIdMarker === undefined ? KeyMarker : undefined;
      const keys = sortedKeys(name, () => true).filter(
        (key) => !VersionIdMarker || compareKeys(key, KeyMarker ?? '') >= 0,
      );
      const { entries, commonPrefixes } = selectKeys(keys, {
        prefix: Prefix,
        delimiter: Delimiter,
        after,
        limit: Infinity,
      });
      const all = entries.flatMap((key) => {
        const newestFirst = [...store.versions(name, key)].reverse();
        const seen = key === KeyMarker ? newestFirst.findIndex(({ id }) => id === VersionIdMarker) + 1 : 0;
        return newestFirst.slice(seen).map((version, i) => ({ key, version, latest: seen + i === 0 }));
      });
      const shown = all.slice(0, limit);
      const end = all.length > limit ? shown.at(-1) : undefined;
      const common = ({ key, version, latest }: (typeof all)[number]) => ({
        Key: encode(key),
        VersionId: version.id,
        IsLatest: latest,
        LastModified: new Date(version.modified),
        Owner: ownerOf(cloud),
      });
      return {
        Name: name,
        Prefix: encode(Prefix),
        KeyMarker: encode(KeyMarker ?? ''),
        VersionIdMarker: VersionIdMarker ?? '',
        EncodingType,
        MaxKeys: limit,
        IsTruncated: end !== undefined,
        ...(end && { NextKeyMarker: encode(end.key), NextVersionIdMarker: end.version.id }),
        Versions: shown
          .filter(({ version }) => !version.deleteMarker)
          .map((entry) => ({
            ...common(entry),
            ETag: entry.version.etag,
            Size: entry.version.size,
            // A version's only class in the SDK's types; S3 has all of them there.
            StorageClass: (entry.version.facts.StorageClass ?? 'STANDARD') as 'STANDARD',
            ...checksumKind(entry.version.checksum),
          })),
        DeleteMarkers: shown.filter(({ version }) => version.deleteMarker).map(common),
        CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
      };
    },
  };
}

function checksumKind(checksum: StoredChecksum | undefined) {
  return (
    checksum && {
      ChecksumAlgorithm: [checksum.member.slice('Checksum'.length) as 'CRC32'],
      ChecksumType: checksum.type,
    }
  );
}

/** The size of a page: what the request says, but at most `max`. */
export function checkLimit(name: string, limit: number | undefined, max: number): number {
  if (limit === undefined) return max;
  if (Number.isInteger(limit) && limit >= 0) return Math.min(limit, max);
  const members = { ArgumentName: name, ArgumentValue: limit };
  throw new ServiceError('InvalidArgument', `Argument ${name} must be an integer between 0 and 2147483647`, {
    members,
  });
}

function invalidToken(message: string): ServiceError {
  return new ServiceError('InvalidArgument', message, { members: { ArgumentName: 'continuation-token' } });
}

/** The encoding of keys and prefixes that the request asks for. */
export function encoder(encodingType: string | undefined): (text: string) => string {
  if (encodingType === undefined) return (text) => text;
  if (encodingType === 'url') return (text) => encodeURIComponent(text).replaceAll('%2F', '/');
  const members = { ArgumentName: 'encoding-type', ArgumentValue: encodingType };
  throw new ServiceError('InvalidArgument', 'Invalid Encoding Method specified in Request', { members });
}
