import { ServiceError } from '../../model/errors';
import type { Version } from './bucket-store';
import { isMatch } from './conditions';

export interface CopySource {
  bucket: string;
  key: string;
  versionId?: string;
}

/** Reads `x-amz-copy-source`: bucket/key, URL-encoded, optionally with ?versionId=. */
export function parseCopySource(source: string): CopySource {
  const [, bucket, key, versionId] = /^\/?([^/]+)\/([^?]+)(?:\?versionId=(.+))?$/.exec(source) ?? [];
  const decoded = key === undefined ? undefined : decode(key);
  if (!bucket || !decoded) {
    const members = { ArgumentName: 'x-amz-copy-source', ArgumentValue: source };
    const message = `Invalid copy source object key: '${source}'; use bucket/key, URL-encoded, optionally with ?versionId=.`;
    throw new ServiceError('InvalidArgument', message, { members });
  }
  return { bucket, key: decoded, ...(versionId && { versionId }) };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

interface CopyConditions {
  CopySourceIfMatch?: string;
  CopySourceIfNoneMatch?: string;
  CopySourceIfModifiedSince?: Date;
  CopySourceIfUnmodifiedSince?: Date;
}

/**
 * Throws 412 if the source does not meet the conditions. If-Match takes precedence over If-Unmodified-Since, and S3
 * ignores an If-Modified-Since in the future, as it answered to LocalStack's tests
 * (tests/aws/services/s3/test_s3_api.snapshot.json, `test_upload_part_copy_with_*`).
 */
export function checkCopyConditions(conditions: CopyConditions, version: Version, now: number): void {
  const { CopySourceIfMatch, CopySourceIfNoneMatch } = conditions;
  const { CopySourceIfModifiedSince: after, CopySourceIfUnmodifiedSince: before } = conditions;
  // HTTP dates have whole seconds.
  const modified = Math.floor(version.modified / 1000) * 1000;
  if (CopySourceIfMatch !== undefined) {
    if (!isMatch(CopySourceIfMatch, version)) throw failed('If-Match');
  } else if (before && modified > before.getTime()) throw failed('If-Unmodified-Since');
  if (CopySourceIfNoneMatch !== undefined) {
    if (isMatch(CopySourceIfNoneMatch, version)) throw failed('If-None-Match');
  } else if (after && after.getTime() <= now && modified <= after.getTime())
    throw failed('If-Modified-Since');
}

function failed(condition: string): ServiceError {
  return new ServiceError(
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    { status: 412, members: { Condition: `x-amz-copy-source-${condition}` } },
  );
}

/**
 * Reads `x-amz-copy-source-range`, both bounds included. The messages are those of `test_upload_part_copy_range` in the
 * same file.
 */
export function readCopyRange(
  range: string | undefined,
  size: number,
): { start: number; end: number } | undefined {
  if (range === undefined) return undefined;
  const invalid = (message: string) =>
    new ServiceError('InvalidArgument', message, {
      members: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: range },
    });
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
  if (first === undefined || last === undefined || Number(last) < Number(first)) {
    throw invalid(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
    );
  }
  if (Number(first) >= size) {
    const message = 'The specified copy range is invalid for the source object size';
    throw new ServiceError('InvalidRequest', message);
  }
  if (Number(last) >= size) throw invalid(`Range specified is not valid for source object of size: ${size}`);
  return { start: Number(first), end: Number(last) };
}
