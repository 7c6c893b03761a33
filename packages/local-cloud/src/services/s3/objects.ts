import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Call, Operations } from '../../core/service';
import { readRange, receive } from './bodies';
import type { Bucket, BucketStore, Version } from './bucket-store';
import { checkReadConditions, checkWriteConditions, checkWriteConditionsAgain } from './conditions';
import { ObjectEncryption } from './encryption';
import { announce } from './events';
import {
  checkKey,
  describe,
  factsOf,
  refuseUnsupported,
  shownChecksum,
  shownEncryption,
  shownVersion,
} from './object-facts';

/** Reading, writing and copying objects. */
export function objectOperations(cloud: Cloud, store: BucketStore): Operations<'s3'> {
  const encryption = new ObjectEncryption(cloud);

  /**
   * The version asked for, or the current one. Who may not list the bucket does not learn that there is none
   * (API reference, GetObject).
   */
  function find(bucket: Bucket, key: string, versionId: string | undefined, call: Call): Version {
    try {
      return findVersion(store, bucket, key, versionId);
    } catch (error) {
      const { code } = error as ServiceError;
      if (code === 'NoSuchKey' || code === 'NoSuchVersion') {
        const action = code === 'NoSuchKey' ? 's3:ListBucket' : 's3:ListBucketVersions';
        cloud.authorize(call, { action, resources: [`arn:aws:s3:::${bucket.name}`] }, 's3');
      }
      throw error;
    }
  }

  return {
    async PutObject(input, call) {
      const bucket = store.get(input.Bucket!);
      const key = checkKey(input.Key!);
      refuseUnsupported(input);
      const facts = factsOf(input, bucket);
      const current = () => store.versions(bucket.name, key).at(-1);
      checkWriteConditions(input, current());
      const dataKey = await encryption.newDataKey(call, bucket, key, facts);
      const { file, size, md5, checksum } = await receive(store.directory(bucket.name), input);
      const etag = `"${md5}"`;
      const modified = cloud.clock.now();
      checkWriteConditionsAgain(input, current(), store.file(bucket.name, file));
      const version = store.push(bucket, key, { modified, size, etag, file, checksum, facts, ...dataKey });
      announce(cloud, bucket, 'Object Created', { key, version, call, reason: 'PutObject' });
      return {
        ETag: version.etag,
        ...shownVersion(bucket, version),
        ...shownEncryption(version),
        ...shownChecksum(checksum),
      };
    },

    async GetObject(input, call) {
      refuseUnsupported(input);
      const bucket = store.get(input.Bucket!);
      const version = find(bucket, input.Key!, input.VersionId, call);
      checkReadConditions(input, version);
      await encryption.useDataKey(call, bucket, input.Key!, version);
      const range = readRange(input.Range, version.size);
      const { start, end } = range ?? { start: 0, end: version.size - 1 };
      return {
        ...describe(bucket, version, range === undefined && input.ChecksumMode === 'ENABLED'),
        ...overrides(input),
        ContentLength: end - start + 1,
        ...(range && { ContentRange: `bytes ${start}-${end}/${version.size}` }),
        Body:
          version.size === 0
            ? Readable.from([])
            : await readFile(store.file(bucket.name, version.file!), start, end),
      };
    },

    async HeadObject(input, call) {
      refuseUnsupported(input);
      const bucket = store.get(input.Bucket!);
      const version = find(bucket, input.Key!, input.VersionId, call);
      checkReadConditions(input, version);
      const range = readRange(input.Range, version.size);
      return {
        ...describe(bucket, version, input.ChecksumMode === 'ENABLED'),
        ContentLength: range ? range.end - range.start + 1 : version.size,
      };
    },

    async CopyObject(input, call) {
      refuseUnsupported(input);
      const bucket = store.get(input.Bucket!);
      const key = checkKey(input.Key!);
      const from = parseCopySource(input.CopySource!);
      const sourceBucket = store.get(from.bucket);
      const source = find(sourceBucket, from.key, from.versionId, call);
      checkReadConditions(
        { IfMatch: input.CopySourceIfMatch, IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince },
        source,
      );
      const replace = input.MetadataDirective === 'REPLACE';
      const onItself = from.bucket === bucket.name && from.key === key && from.versionId === undefined;
      if (onItself && !replace && !input.StorageClass && !input.ServerSideEncryption) {
        const message =
          'This copy request is illegal because it is trying to copy an object to itself without changing ' +
          "the object's metadata, storage class or encryption attributes.";
        throw new ServiceError('InvalidRequest', message);
      }
      const own = factsOf(input, bucket);
      const facts = replace ? own : { ...source.facts, ...shownEncryption({ facts: own }) };
      await encryption.useDataKey(call, sourceBucket, from.key, source);
      const dataKey = await encryption.newDataKey(call, bucket, key, facts);
      const { file, size, md5, checksum } = await receive(store.directory(bucket.name), {
        Body: createReadStream(store.file(sourceBucket.name, source.file!)),
        ChecksumAlgorithm: input.ChecksumAlgorithm ?? source.checksum?.member.slice('Checksum'.length),
      });
      const etag = `"${md5}"`;
      const modified = cloud.clock.now();
      const version = store.push(bucket, key, { modified, size, etag, file, checksum, facts, ...dataKey });
      announce(cloud, bucket, 'Object Created', { key, version, call, reason: 'CopyObject' });
      return {
        CopyObjectResult: {
          ETag: version.etag,
          LastModified: new Date(modified),
          ...shownChecksum(checksum),
        },
        ...shownVersion(bucket, version),
        ...shownEncryption(version),
        ...(sourceBucket.versioning && { CopySourceVersionId: source.id }),
      };
    },
  };
}

/** Throws where there is none, or a delete marker. */
function findVersion(
  store: BucketStore,
  bucket: Bucket,
  key: string,
  versionId: string | undefined,
): Version {
  const versions = store.versions(bucket.name, key);
  const version = versionId === undefined ? versions.at(-1) : versions.find(({ id }) => id === versionId);
  if (version && !version.deleteMarker) return version;
  const headers = version && { 'x-amz-delete-marker': 'true', 'x-amz-version-id': version.id };
  if (version && versionId !== undefined) {
    const message =
      'The specified method is not allowed against this resource: the version is a delete marker.';
    throw new ServiceError('MethodNotAllowed', message, { status: 405, headers });
  }
  if (versionId !== undefined) {
    const members = { Key: key, VersionId: versionId };
    throw new ServiceError('NoSuchVersion', 'The specified version does not exist.', {
      status: 404,
      members,
    });
  }
  throw new ServiceError('NoSuchKey', 'The specified key does not exist.', {
    members: { Key: key },
    headers,
  });
}

/** Opened at once, so that a version deleted while it is read is still read to its end. */
async function readFile(path: string, start: number, end: number): Promise<Readable> {
  const handle = await open(path);
  return handle.createReadStream({ start, end });
}

/** `response-content-type` and its kin, as presigned URLs use them. */
function overrides(input: object) {
  const values = input as Record<string, unknown>;
  const names = ['CacheControl', 'ContentDisposition', 'ContentEncoding', 'ContentLanguage', 'ContentType'];
  const given = names.filter((name) => values[`Response${name}`] !== undefined);
  return Object.fromEntries(given.map((name) => [name, values[`Response${name}`] as string]));
}

function parseCopySource(source: string): { bucket: string; key: string; versionId?: string } {
  const [, bucket, key, versionId] = /^\/?([^/]+)\/([^?]+)(?:\?versionId=(.+))?$/.exec(source) ?? [];
  if (!bucket || !key) {
    const message = `Invalid copy source object key: '${source}'; it is bucket/key, URL-encoded, perhaps with ?versionId=.`;
    throw new ServiceError('InvalidArgument', message);
  }
  return { bucket, key: decodeURIComponent(key), ...(versionId && { versionId }) };
}
