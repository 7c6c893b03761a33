import type { Cloud } from '../../core/cloud';
import type { Input, Operations } from '../../core/service';
import { ServiceError } from '../../model/errors';
import type { BucketStore, Version } from './bucket-store';
import { shownChecksum, shownVersion } from './object-facts';
import { Versions } from './versions';

const ATTRIBUTES = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'];
const MAX_PARTS_PER_PAGE = 1000;

/** GetObjectAttributes: the requested attributes of those that HeadObject and ListParts return. */
export function attributeOperations(cloud: Cloud, store: BucketStore): Operations<'s3'> {
  const versions = new Versions(cloud, store);
  return {
    async GetObjectAttributes(input, call) {
      const requested: readonly string[] = input.ObjectAttributes ?? [];
      if (requested.length === 0 || requested.some((name) => !ATTRIBUTES.includes(name))) {
        const members = { ArgumentName: 'x-amz-object-attributes', ArgumentValue: requested.join(',') };
        const message = `Invalid attribute name specified: '${requested.join(',')}'; use ${ATTRIBUTES.join(', ')}.`;
        throw new ServiceError('InvalidArgument', message, { members });
      }
      const bucket = store.get(input.Bucket!);
      const version = versions.find(bucket, input.Key!, input.VersionId, call);
      const { modified, etag, size, facts, checksum } = version;
      return {
        LastModified: new Date(modified),
        ...shownVersion(bucket, version),
        ...(requested.includes('ETag') && { ETag: etag.replaceAll('"', '') }),
        ...(requested.includes('Checksum') && checksum && { Checksum: shownChecksum(checksum) }),
        ...(requested.includes('ObjectParts') && version.parts && { ObjectParts: partsOf(version, input) }),
        ...(requested.includes('StorageClass') && { StorageClass: facts.StorageClass ?? 'STANDARD' }),
        ...(requested.includes('ObjectSize') && { ObjectSize: size }),
      };
    },
  };
}

/** Returns the parts of uploads with additional checksums; for other uploads S3 returns only their number. */
function partsOf({ parts = [] }: Version, input: Input<'s3', 'GetObjectAttributes'>) {
  const TotalPartsCount = parts.length;
  if (!parts.every(({ checksum }) => checksum)) return { TotalPartsCount };
  const { PartNumberMarker = '0' } = input;
  const MaxParts = Math.min(input.MaxParts ?? MAX_PARTS_PER_PAGE, MAX_PARTS_PER_PAGE);
  const left = parts.filter(({ number }) => number > Number(PartNumberMarker));
  const shown = left.slice(0, MaxParts);
  return {
    TotalPartsCount,
    PartNumberMarker,
    MaxParts,
    NextPartNumberMarker: String(shown.at(-1)?.number ?? 0),
    IsTruncated: left.length > shown.length,
    Parts: shown.map(({ number, size, checksum }) => ({
      PartNumber: number,
      Size: size,
      [checksum!.member]: checksum!.value,
    })),
  };
}
