import { ServiceError } from '../../model/errors';
import { compareKeys, readToken, writeToken } from '../../core/paging';
import type { Operations } from '../../core/service';
import type { BucketStore, Version } from './bucket-store';

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
    const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    const folded = delimiter && end >= 0 ? key.slice(0, end + delimiter.length) : undefined;
    // A page that ended on a common prefix has shown all that lies below it.
    if (folded !== undefined && (folded === last || folded === after)) continue;
    if (entries.length + commonPrefixes.length === limit) return { entries, commonPrefixes, last };
    last = folded ?? key;
    if (folded === undefined) entries.push(key);
    else commonPrefixes.push(folded);
  }
  return { entries, commonPrefixes };
}

/** ListObjectsV2 and ListObjectVersions. */
export function listingOperations(store: BucketStore): Operations<'s3'> {
  const sortedKeys = (bucket: string, wanted: (versions: Version[]) => boolean) =>
    Object.entries(store.contents(bucket).objects)
      .filter(([, versions]) => wanted(versions))
      .map(([key]) => key)
      .sort(compareKeys);
  const isThere = (versions: Version[]) => versions.at(-1)?.deleteMarker === undefined;

  return {
    async ListObjectsV2(input) {
      const { name } = store.get(input.Bucket!);
      const { Prefix = '', Delimiter, StartAfter, ContinuationToken, EncodingType } = input;
      const limit = checkLimit(input.MaxKeys);
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
        Contents: entries.map((key) => {
          const { modified, etag, size, facts, checksum } = store.versions(name, key).at(-1)!;
          return {
            Key: encode(key),
            LastModified: new Date(modified),
            ETag: etag,
            Size: size,
            StorageClass: facts.StorageClass ?? 'STANDARD',
            ...(checksum && {
              ChecksumAlgorithm: [checksum.member.slice('Checksum'.length) as 'CRC32'],
              ChecksumType: checksum.type,
            }),
          };
        }),
        CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
      };
    },

    async ListObjectVersions(input) {
      const { name } = store.get(input.Bucket!);
      const { Prefix = '', Delimiter, KeyMarker, VersionIdMarker, EncodingType } = input;
      const limit = checkLimit(input.MaxKeys);
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
            StorageClass: 'STANDARD' as const,
          })),
        DeleteMarkers: shown.filter(({ version }) => version.deleteMarker).map(common),
        CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
      };
    },
  };
}

function checkLimit(maxKeys = MAX_KEYS): number {
  if (maxKeys >= 0) return Math.min(maxKeys, MAX_KEYS);
  throw new ServiceError('InvalidArgument', `max-keys must be 0 to ${MAX_KEYS}, not ${maxKeys}.`);
}

function invalidToken(message: string): ServiceError {
  return new ServiceError('InvalidArgument', message, { members: { ArgumentName: 'continuation-token' } });
}

function encoder(encodingType: string | undefined): (text: string) => string {
  return encodingType === 'url' ? (text) => encodeURIComponent(text).replaceAll('%2F', '/') : (text) => text;
}
