import { rmSync } from 'node:fs';
import { ServiceError } from '../../model/errors';
import type { Version } from './bucket-store';

/** S3's message for a header that the operation does not take. */
export const HEADER_NOT_IMPLEMENTED = 'A header you provided implies functionality that is not implemented';

interface ReadConditions {
  IfMatch?: string;
  IfNoneMatch?: string;
  IfModifiedSince?: Date;
  IfUnmodifiedSince?: Date;
}

/**
 * Throws 412 or 304 as RFC 9110 requires: the ETag conditions take precedence over those on dates, and an
 * If-Modified-Since in the future does not count (localstack, tests/aws/services/s3/test_s3.snapshot.json,
 * `test_s3_get_object_preconditions`).
 */
export function checkReadConditions(conditions: ReadConditions, version: Version, now: number): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  // HTTP dates have whole seconds.
  const modified = Math.floor(version.modified / 1000) * 1000;
  if (IfMatch !== undefined) {
    if (!isMatch(IfMatch, version)) throw preconditionFailed('If-Match');
  } else if (IfUnmodifiedSince && modified > IfUnmodifiedSince.getTime()) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  const unchanged =
    IfNoneMatch === undefined
      ? IfModifiedSince !== undefined &&
        IfModifiedSince.getTime() <= now &&
        modified <= IfModifiedSince.getTime()
      : isMatch(IfNoneMatch, version);
  if (unchanged) {
    const headers = { etag: version.etag, 'last-modified': new Date(modified).toUTCString() };
    throw new ServiceError('NotModified', 'Not Modified', { status: 304, headers });
  }
}

interface WriteConditions {
  IfMatch?: string;
  IfNoneMatch?: string;
}

/**
 * Checks the same conditions again when the body is complete: of concurrent writers, the first to finish wins. No await
 * is allowed between this check and the new version.
 *
 * @param file the body, which a refusal removes
 */
export function checkWriteConditionsAgain(
  conditions: WriteConditions,
  current: Version | undefined,
  file: string,
): void {
  try {
    checkWriteConditions(conditions, current);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}

/** Checks the conditions of a write. `current` is the newest version, which may be a delete marker or not exist. */
export function checkWriteConditions(
  { IfMatch, IfNoneMatch }: WriteConditions,
  current: Version | undefined,
): void {
  const existing = current?.deleteMarker ? undefined : current;
  if (IfMatch !== undefined && IfNoneMatch !== undefined) {
    throw notImplemented(
      'If-Match,If-None-Match',
      'Multiple conditional request headers present in the request',
    );
  }
  for (const [header, refused] of [
    ['If-None-Match', IfNoneMatch !== undefined && IfNoneMatch !== '*'],
    ['If-Match', IfMatch === '*'],
  ] as const) {
    const message = `We don't accept the provided value of ${header} header for this API`;
    if (refused) throw notImplemented(header, message);
  }
  if (IfNoneMatch === '*' && existing) throw preconditionFailed('If-None-Match');
  if (IfMatch === undefined) return;
  if (!existing) throw new ServiceError('NoSuchKey', 'The specified key does not exist.');
  if (!isMatch(IfMatch, existing)) throw preconditionFailed('If-Match');
}

/**
 * Checks `If-Match` of a delete: an ETag, or `*` for an object that exists (User Guide, "How to perform conditional
 * deletes").
 */
export function checkDeleteCondition(IfMatch: string | undefined, current: Version | undefined): void {
  if (IfMatch === undefined) return;
  const existing = current?.deleteMarker ? undefined : current;
  if (!existing || !isMatch(IfMatch, existing)) throw preconditionFailed('If-Match');
}

/**
 * Returns the error with S3's message (localstack, tests/aws/services/s3/test_s3_api.snapshot.json,
 * `TestS3ObjectWritePrecondition`).
 */
function notImplemented(Header: string, additionalMessage: string): ServiceError {
  return new ServiceError('NotImplemented', HEADER_NOT_IMPLEMENTED, {
    status: 501,
    fault: 'server',
    members: { Header, additionalMessage },
  });
}

/** Returns true if an ETag condition (`*`, or ETags with or without quotes) matches a version. */
export function isMatch(condition: string, { etag }: Version): boolean {
  const bare = (tag: string) => tag.trim().replace(/^W\//, '').replaceAll('"', '');
  return condition.trim() === '*' || condition.split(',').some((tag) => bare(tag) === bare(etag));
}

function preconditionFailed(condition: string): ServiceError {
  return new ServiceError(
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    {
      status: 412,
      members: { Condition: condition },
    },
  );
}
