import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Call, Input, Operations } from '../../core/service';
import { readRange, receive } from './bodies';
import type { Bucket, BucketStore, Version } from './bucket-store';
import { checkReadConditions, checkWriteConditions, checkWriteConditionsAgain } from './conditions';
import { ObjectEncryption } from './encryption';
import { announce } from './events';
import { checkKey, describe, factsOf, shownChecksum, shownEncryption, shownVersion } from './object-facts';
import { partOf } from './parts';
import { existingTagKeys, parseTagging } from './tags';
import { assertReadable, Versions } from './versions';

/** Operations that read and write objects. */
export function objectOperations(cloud: Cloud, store: BucketStore): Operations<'s3'> {
  const encryption = new ObjectEncryption(cloud);

  const versions = new Versions(cloud, store);

  return {
    async PutObject(input, call) {
      const bucket = store.get(input.Bucket!);
      const key = checkKey(input.Key!);
      const facts = factsOf(input, bucket);
      const tags = input.Tagging === undefined ? [] : parseTagging(input.Tagging);
      const current = () => store.versions(bucket.name, key).at(-1);
      checkWriteConditions(input, current());
      const dataKey = await encryption.newDataKey(call, bucket, key, facts);
      const { file, size, md5, checksum } = await receive(store.directory(bucket.name), input);
      const etag = `"${md5}"`;
      const modified = cloud.clock.now();
      checkWriteConditionsAgain(input, current(), store.file(bucket.name, file));
      const version = store.push(bucket, key, {
        ...{ modified, size, etag, file, checksum, facts, ...dataKey },
        ...(tags.length > 0 && { tags }),
      });
      const reason = call.form ? 'POST Object' : 'PutObject';
      announce(cloud, bucket, 'Object Created', { key, version, call, reason });
      return {
        ETag: version.etag,
        ...shownVersion(bucket, version),
        ...shownEncryption(version),
        ...shownChecksum(checksum),
      };
    },

    async GetObject(input, call) {
      const bucket = store.get(input.Bucket!);
      const version = versions.find(bucket, input.Key!, input.VersionId, call);
      checkReadConditions(input, version, cloud.clock.now());
      assertReadable(version);
      await encryption.useDataKey(call, bucket, input.Key!, version);
      const { start, end, shown } = select(input, version);
      return {
        ...describe(bucket, version),
        ...tagCount(bucket, input, version, call),
        ...overrides(input),
        ...shown,
        ContentLength: end - start + 1,
        Body:
          version.size === 0
            ? Readable.from([])
            : await readFile(store.file(bucket.name, version.file!), start, end),
      };
    },

    async HeadObject(input, call) {
      const bucket = store.get(input.Bucket!);
      const version = versions.find(bucket, input.Key!, input.VersionId, call);
      checkReadConditions(input, version, cloud.clock.now());
      const { start, end, shown } = select(input, version);
      return {
        ...describe(bucket, version),
        ...tagCount(bucket, input, version, call),
        ...overrides(input),
        ...shown,
        ContentLength: end - start + 1,
      };
    },
  };

  /** Returns the number of tags, for a caller that may read them (API reference, GetObject, `x-amz-tagging-count`). */
  function tagCount(
    bucket: Bucket,
    { Key, VersionId }: Input<'s3', 'GetObject'>,
    { tags = [] }: Version,
    call: Call,
  ): { TagCount?: number } {
    if (tags.length === 0) return {};
    const action = VersionId === undefined ? 's3:GetObjectTagging' : 's3:GetObjectVersionTagging';
    const resources = [`arn:aws:s3:::${bucket.name}/${Key}`];
    try {
      cloud.authorize(call, { action, resources, context: existingTagKeys(tags) }, 's3');
      return { TagCount: tags.length };
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'AccessDenied') return {};
      throw error;
    }
  }
}

interface Selection {
  start: number;
  /** The last byte, included. */
  end: number;
  /** Members of the answer about the selection. */
  shown: object;
}

/** Returns the requested bytes: all, a range, or a part. */
function select(input: Input<'s3', 'GetObject'>, version: Version): Selection {
  const { Range, PartNumber, ChecksumMode } = input;
  const withChecksum = ChecksumMode === 'ENABLED';
  if (PartNumber !== undefined) {
    if (Range !== undefined) {
      const message = 'Cannot specify both Range header and partNumber query parameter';
      throw new ServiceError('InvalidRequest', message);
    }
    const { start, end, count, checksum } = partOf(version, PartNumber);
    return {
      ...{ start, end },
      shown: {
        ...(end >= start && { ContentRange: `bytes ${start}-${end}/${version.size}` }),
        ...(count !== undefined && { PartsCount: count }),
        ...(withChecksum && checksum),
      },
    };
  }
  const range = readRange(Range, version.size);
  if (range)
    return { ...range, shown: { ContentRange: `bytes ${range.start}-${range.end}/${version.size}` } };
  return {
    start: 0,
    end: version.size - 1,
    shown: withChecksum ? { ...shownChecksum(version.checksum) } : {},
  };
}

/** Opens the file at once, so that a version that is deleted meanwhile is read to its end. */
async function readFile(path: string, start: number, end: number): Promise<Readable> {
  const handle = await open(path);
  return handle.createReadStream({ start, end });
}

/** Returns the headers of `response-content-type` and the like, as presigned URLs use them. */
function overrides(input: object) {
  const values = input as Record<string, unknown>;
  const names = ['CacheControl', 'ContentDisposition', 'ContentEncoding', 'ContentLanguage', 'ContentType'];
  const given = names.filter((name) => values[`Response${name}`] !== undefined);
  return {
    ...Object.fromEntries(given.map((name) => [name, values[`Response${name}`] as string])),
    ...(values.ResponseExpires instanceof Date && { Expires: values.ResponseExpires }),
  };
}
