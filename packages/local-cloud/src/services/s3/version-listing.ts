import type { Cloud } from '../../core/cloud';
import { compareKeys } from '../../core/paging';
import type { Operations } from '../../core/service';
import { ServiceError } from '../../model/errors';
import type { BucketStore, Version } from './bucket-store';
import { checkLimit, encoder, selectPage } from './list-pages';
import { checksumKind, MAX_KEYS } from './listing';
import { ownerOf } from './object-facts';

interface Entry {
  key: string;
  version: Version;
  latest: boolean;
}

/** The operation ListObjectVersions. */
export function versionListingOperations(cloud: Cloud, store: BucketStore): Operations<'s3'> {
  /** Returns versions by key, then from the newest to the oldest. */
  const entriesOf = (bucket: string): Entry[] =>
    Object.entries(store.contents(bucket).objects)
      .sort(([a], [b]) => compareKeys(a, b))
      .flatMap(([key, versions]) =>
        [...versions].reverse().map((version, i) => ({ key, version, latest: i === 0 })),
      );

  return {
    async ListObjectVersions(input) {
      const { name } = store.get(input.Bucket!);
      const { Prefix = '', Delimiter, KeyMarker = '', VersionIdMarker, EncodingType } = input;
      if (VersionIdMarker !== undefined && KeyMarker === '') {
        const members = { ArgumentName: 'version-id-marker', ArgumentValue: VersionIdMarker };
        const message = 'A version-id marker cannot be specified without a key marker.';
        throw new ServiceError('InvalidArgument', message, { members });
      }
      const limit = checkLimit('max-keys', input.MaxKeys, MAX_KEYS);
      const encode = encoder(EncodingType);
      const all = entriesOf(name);
      const mark = all.findIndex(({ key, version }) => key === KeyMarker && version.id === VersionIdMarker);
      const seen = new Set(mark < 0 ? [] : all.slice(0, mark + 1));
      const { entries, commonPrefixes, last } = selectPage(all, {
        ...{ prefix: Prefix, delimiter: Delimiter, limit, keyOf: ({ key }) => key },
        isSeen: (entry) =>
          mark < 0 ? KeyMarker !== '' && compareKeys(entry.key, KeyMarker) <= 0 : seen.has(entry),
        isPrefixSeen: (prefix) => KeyMarker.startsWith(prefix),
      });
      const common = ({ key, version, latest }: Entry) => ({
        Key: encode(key),
        VersionId: version.id,
        IsLatest: latest,
        LastModified: new Date(version.modified),
        Owner: ownerOf(cloud),
      });
      return {
        Name: name,
        Prefix: encode(Prefix),
        Delimiter: Delimiter && encode(Delimiter),
        KeyMarker: encode(KeyMarker),
        VersionIdMarker: VersionIdMarker ?? '',
        EncodingType,
        MaxKeys: limit,
        IsTruncated: last !== undefined,
        ...(last && 'prefix' in last && { NextKeyMarker: encode(last.prefix) }),
        ...(last &&
          'entry' in last && {
            NextKeyMarker: encode(last.entry.key),
            NextVersionIdMarker: last.entry.version.id,
          }),
        Versions: entries
          .filter(({ version }) => !version.deleteMarker)
          .map((entry) => ({
            ...common(entry),
            ETag: entry.version.etag,
            Size: entry.version.size,
            // The SDK's types have one storage class of versions; S3 returns each one.
            StorageClass: (entry.version.facts.StorageClass ?? 'STANDARD') as 'STANDARD',
            ...checksumKind(entry.version.checksum),
          })),
        DeleteMarkers: entries.filter(({ version }) => version.deleteMarker).map(common),
        CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
      };
    },
  };
}
