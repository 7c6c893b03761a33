import type { Tag } from '@aws-sdk/client-s3';
import type { PermissionContext } from '../../core/service';
import { ServiceError } from '../../model/errors';
import { malformedXml } from './malformed-xml';

/** The limit of the User Guide, "Categorizing your objects using tags". */
const MAX_TAGS = 10;
/** The limit of the User Guide, "Using cost allocation S3 bucket tags". */
const MAX_BUCKET_TAGS = 50;
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 256;
const CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export interface StoredTag {
  Key: string;
  Value: string;
}

/**
 * Checks an object's tags. The messages are those that S3 answered to LocalStack's tests
 * (tests/aws/services/s3/test_s3_api.snapshot.json, `test_tagging_validation`); the message about too many tags is in
 * https://github.com/boto/boto3/issues/1213.
 *
 * @returns the tags in the order of their keys
 * @throws ServiceError MalformedXML, BadRequest, InvalidTag
 */
export function checkTags(tags: readonly Partial<Tag>[]): StoredTag[] {
  const checked = complete(tags);
  if (checked.length > MAX_TAGS) {
    throw new ServiceError('BadRequest', `Object tags cannot be greater than ${MAX_TAGS}`, { status: 400 });
  }
  checkEach(checked, 'Your TagKey cannot be prefixed with aws:');
  return checked.sort((a, b) => (a.Key < b.Key ? -1 : 1));
}

/**
 * Checks a bucket's tags. The message about `aws:` keys is in the tests of https://github.com/getmoto/moto, which are
 * verified with AWS.
 *
 * @throws ServiceError MalformedXML, BadRequest, InvalidTag
 */
export function checkBucketTags(tags: readonly Partial<Tag>[]): void {
  const checked = complete(tags);
  if (checked.length > MAX_BUCKET_TAGS) {
    const message = `Bucket tag count cannot be greater than ${MAX_BUCKET_TAGS}`;
    throw new ServiceError('BadRequest', message, { status: 400 });
  }
  checkEach(checked, 'System tags cannot be added/updated by requester');
}

function complete(tags: readonly Partial<Tag>[]): StoredTag[] {
  return tags.map(({ Key, Value }) => {
    if (Key !== undefined && Value !== undefined) return { Key, Value };
    throw malformedXml();
  });
}

function checkEach(tags: readonly StoredTag[], reserved: string): void {
  const keys = new Set<string>();
  for (const { Key, Value } of tags) {
    const invalid = (message: string, members: object = {}) =>
      new ServiceError('InvalidTag', message, { status: 400, members: { TagKey: Key, ...members } });
    if (keys.has(Key)) throw invalid('Cannot provide multiple Tags with the same key');
    if (/^aws:/i.test(Key)) throw invalid(reserved);
    if (Key === '' || [...Key].length > MAX_KEY_LENGTH || !CHARACTERS.test(Key)) {
      throw invalid('The TagKey you have provided is invalid');
    }
    if ([...Value].length > MAX_VALUE_LENGTH || !CHARACTERS.test(Value)) {
      throw invalid('The TagValue you have provided is invalid', { TagValue: Value });
    }
    keys.add(Key);
  }
}

/** Reads `x-amz-tagging`: tags as the query of a URL. A key without a value has an empty value. */
export function parseTagging(header: string): StoredTag[] {
  const pairs = header.split('&').filter((pair) => pair !== '');
  const tags = pairs.map((pair) => {
    const [, key = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(pair) ?? [];
    const [Key, Value] = [decode(key), decode(value)];
    return Key === undefined || Value === undefined ? undefined : { Key, Value };
  });
  const read = tags.filter((tag) => tag !== undefined);
  const legible = read.every(({ Key, Value }) => CHARACTERS.test(Key) && CHARACTERS.test(Value));
  if (read.length < tags.length || !legible || new Set(read.map(({ Key }) => Key)).size < read.length) {
    const message =
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.";
    throw new ServiceError('InvalidArgument', message, {
      members: { ArgumentName: 'x-amz-tagging', ArgumentValue: header },
    });
  }
  return checkTags(read);
}

/** Returns the decoded text; `undefined`, which {@link parseTagging} refuses, if the text is not URL-encoded. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** Returns the condition keys of a request that writes tags. */
export function requestTagKeys(tags: readonly Partial<Tag>[]): PermissionContext {
  return {
    ...(tags.length > 0 && { 's3:RequestObjectTagKeys': tags.map(({ Key = '' }) => Key) }),
    ...Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [`s3:RequestObjectTag/${Key}`, Value])),
  };
}

/** Returns the condition keys of a request for an object that has tags. */
export function existingTagKeys(tags: readonly StoredTag[] = []): PermissionContext {
  return Object.fromEntries(tags.map(({ Key, Value }) => [`s3:ExistingObjectTag/${Key}`, Value]));
}
