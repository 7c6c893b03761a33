import { createReadStream } from 'node:fs';
import type { Cloud } from '../../core/cloud';
import type { Call, Input, Operations } from '../../core/service';
import { ServiceError } from '../../model/errors';
import { receive } from './bodies';
import type { Bucket, BucketStore, Version } from './bucket-store';
import { checkWriteConditions, checkWriteConditionsAgain } from './conditions';
import { checkCopyConditions, parseCopySource, type CopySource } from './copy-source';
import { ObjectEncryption } from './encryption';
import { announce } from './events';
import { checkKey, factsOf, shownChecksum, shownEncryption, shownVersion } from './object-facts';
import { existingTagKeys, parseTagging, requestTagKeys, type StoredTag } from './tags';
import { assertCopyable, Versions } from './versions';

type CopyInput = Input<'s3', 'CopyObject'>;

/** The source of a copy that the caller may read. */
export interface FoundSource {
  from: CopySource;
  bucket: Bucket;
  version: Version;
}

/** Finds a copy's source and checks the request's conditions on it. */
export class CopySources {
  private readonly versions: Versions;

  constructor(
    private readonly cloud: Cloud,
    private readonly store: BucketStore,
  ) {
    this.versions = new Versions(cloud, store);
  }

  find(input: Omit<CopyInput, 'Bucket' | 'Key'>, call: Call): FoundSource {
    const from = parseCopySource(input.CopySource!);
    const bucket = this.store.get(from.bucket);
    if (
      from.versionId !== undefined &&
      this.versions.lookUp(bucket, from.key, from.versionId)?.deleteMarker
    ) {
      const message =
        'The source of a copy request may not specifically refer to a delete marker by version id.';
      throw new ServiceError('InvalidRequest', message);
    }
    const version = this.versions.find(bucket, from.key, from.versionId, call);
    checkCopyConditions(input, version, this.cloud.clock.now());
    assertCopyable(version);
    return { from, bucket, version };
  }
}

/** Operations that copy objects. */
export function copyOperations(cloud: Cloud, store: BucketStore): Operations<'s3'> {
  const encryption = new ObjectEncryption(cloud);
  const sources = new CopySources(cloud, store);

  /** Returns the copy's tags. To copy tags, the caller needs the permissions to read and to write them. */
  function tagsOf(input: CopyInput, { from, version }: FoundSource, call: Call): StoredTag[] {
    if (input.TaggingDirective === 'REPLACE') return parseTagging(input.Tagging ?? '');
    const { tags = [] } = version;
    if (tags.length === 0) return [];
    const read = from.versionId === undefined ? 's3:GetObjectTagging' : 's3:GetObjectVersionTagging';
    const permissions = [
      {
        action: read,
        resources: [`arn:aws:s3:::${from.bucket}/${from.key}`],
        context: existingTagKeys(tags),
      },
      {
        action: 's3:PutObjectTagging',
        resources: [`arn:aws:s3:::${input.Bucket}/${input.Key}`],
        context: requestTagKeys(tags),
      },
    ];
    for (const permission of permissions) cloud.authorize(call, permission, 's3');
    return tags;
  }

  return {
    async CopyObject(input, call) {
      checkDirectives(input);
      const bucket = store.get(input.Bucket!);
      const key = checkKey(input.Key!);
      const found = sources.find(input, call);
      const { from, version: source } = found;
      const replace = input.MetadataDirective === 'REPLACE';
      const onItself = from.bucket === bucket.name && from.key === key && from.versionId === undefined;
      if (onItself && !replace && !input.StorageClass && !input.ServerSideEncryption) {
        const message =
          'This copy request is illegal because it is trying to copy an object to itself without changing ' +
          "the object's metadata, storage class or encryption attributes.";
        throw new ServiceError('InvalidRequest', message);
      }
      const own = factsOf(input, bucket);
      const { StorageClass: _class, ...copied } = source.facts;
      const kept = {
        ...copied,
        ...shownEncryption({ facts: own }),
        ...(own.StorageClass && { StorageClass: own.StorageClass }),
      };
      const facts = replace ? own : kept;
      const tags = tagsOf(input, found, call);
      const current = () => store.versions(bucket.name, key).at(-1);
      checkWriteConditions(input, current());
      await encryption.useDataKey(call, found.bucket, from.key, source);
      const dataKey = await encryption.newDataKey(call, bucket, key, facts);
      const { file, size, md5, checksum } = await receive(store.directory(bucket.name), {
        Body: createReadStream(store.file(found.bucket.name, source.file!)),
        ChecksumAlgorithm: input.ChecksumAlgorithm ?? source.checksum?.member.slice('Checksum'.length),
      });
      const etag = `"${md5}"`;
      const modified = cloud.clock.now();
      checkWriteConditionsAgain(input, current(), store.file(bucket.name, file));
      const version = store.push(bucket, key, {
        ...{ modified, size, etag, file, checksum, facts, ...dataKey },
        ...(tags.length > 0 && { tags }),
      });
      announce(cloud, bucket, 'Object Created', { key, version, call, reason: 'CopyObject' });
      return {
        CopyObjectResult: {
          ETag: version.etag,
          LastModified: new Date(modified),
          ...shownChecksum(checksum),
        },
        ...shownVersion(bucket, version),
        ...shownEncryption(version),
        ...(found.bucket.versioning && { CopySourceVersionId: source.id }),
      };
    },
  };
}

function checkDirectives({ MetadataDirective, TaggingDirective }: CopyInput): void {
  for (const [name, value] of [
    ['metadata', MetadataDirective],
    ['tagging', TaggingDirective],
  ] as const) {
    if (value === undefined || value === 'COPY' || value === 'REPLACE') continue;
    const members = { ArgumentName: `x-amz-${name}-directive`, ArgumentValue: value };
    throw new ServiceError('InvalidArgument', `Unknown ${name} directive.`, { members });
  }
}
