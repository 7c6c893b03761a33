import { rmSync } from 'node:fs';
import { ServiceError } from '../../model/errors';
import type { Version } from './bucket-store';

interface ReadConditions {
  IfMatch?: string;
  IfNoneMatch?: string;
  IfModifiedSince?: Date;
  IfUnmodifiedSince?: Date;
}

/** Throws 412 or 304 as RFC 9110 says: the ETag conditions outweigh those on dates. */
export function checkReadConditions(conditions: ReadConditions, version: Version): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  // HTTP dates have whole seconds.
  const modified = Math.floor(version.modified / 1000) * 1000;
  if (IfMatch !== undefined) {
    if (!matches(IfMatch, version)) throw preconditionFailed('If-Match');
  } else if (IfUnmodifiedSince && modified > IfUnmodifiedSince.getTime()) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  const unchanged =
    IfNoneMatch === undefined
      ? IfModifiedSince !== undefined && modified <= IfModifiedSince.getTime()
      : matches(IfNoneMatch, version);
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
 * The same once more when the body is here: of writers at the same time, the first that is done wins. Nothing may be
 * awaited between this and the new version.
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

/** `current` is the newest version, which may be a delete marker or not exist. */
export function checkWriteConditions(
  { IfMatch, IfNoneMatch }: WriteConditions,
  current: Version | undefined,
): void {
  const existing = current?.deleteMarker ? undefined : current;
  if (IfNoneMatch !== undefined && IfNoneMatch !== '*') {
    const message = `If-None-Match '${IfNoneMatch}' is not supported on writes; only '*' is.`;
    throw new ServiceError('NotImplemented', message, { status: 501 });
  }
  if (IfNoneMatch === '*' && existing) throw preconditionFailed('If-None-Match');
  if (IfMatch === undefined) return;
  if (!existing) throw new ServiceError('NoSuchKey', 'The specified key does not exist.');
  if (!matches(IfMatch, existing)) throw preconditionFailed('If-Match');
}

function matches(condition: string, { etag }: Version): boolean {
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
