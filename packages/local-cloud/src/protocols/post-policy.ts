import { Transform } from 'node:stream';
import { ServiceError } from '../model/errors';
import type { FormField } from './multipart-form';

/** The sizes that a policy allows for the uploaded file, in bytes, both included. */
export interface SizeRange {
  min: number;
  max: number;
}

type Condition =
  | { operator: 'eq' | 'starts-with'; field: string; value: string }
  | { operator: 'content-length-range'; from: string; to: string };

/** Fields that need no condition. */
const UNCOVERED = /^(?:x-amz-signature|file|policy|x-ignore-.*)$/;

/**
 * Checks a form against its policy, as S3 does (API reference, "POST Policy"). The messages are those that S3 answered
 * to LocalStack's tests (tests/aws/services/s3/test_s3.snapshot.json, `TestS3PresignedPost`) and in
 * https://github.com/benefitcloud/ember-uploader/issues/43 ("Invalid JSON.") and
 * https://github.com/waynehoover/s3_direct_upload/pull/11 ("Invalid 'expiration' value"); the messages for a policy
 * without expiration or conditions are not known.
 *
 * @param text the policy's JSON
 * @param bucket of the form's address
 * @returns the sizes that the policy allows; undefined where it does not limit them
 * @throws ServiceError AccessDenied, InvalidPolicyDocument
 */
export function checkPolicy(
  text: string,
  fields: readonly FormField[],
  bucket: string,
  now: number,
): SizeRange | undefined {
  const { expiration, conditions } = parse(text);
  if (expiration <= now) throw denied('Policy expired.');
  const values = new Map(fields.map(({ name, value }) => [name.toLowerCase(), value]));
  values.set('bucket', bucket);
  const covered = new Set<string>();
  let range: SizeRange | undefined;
  for (const condition of conditions) {
    if (condition.operator === 'content-length-range') {
      range = rangeOf(condition.from, condition.to);
      continue;
    }
    const name = condition.field.slice(1).toLowerCase();
    covered.add(name);
    if (!condition.field.startsWith('$') || !holds(condition, name, values.get(name))) {
      throw conditionFailed(condition.operator, condition.field, condition.value);
    }
  }
  const extra = fields.find(({ name }) => {
    const lower = name.toLowerCase();
    return !UNCOVERED.test(lower) && !covered.has(lower);
  });
  if (extra) throw denied(`Extra input fields: ${extra.name}`);
  // The bucket is a field too, although it is in the address.
  if (!covered.has('bucket')) throw denied('Extra input fields: bucket');
  return range;
}

/** Passes a file through, and fails at its end if its size is not in the range. */
export function limitedTo({ min, max }: SizeRange): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size <= max) done(null, chunk);
      else done();
    },
    flush(done) {
      if (size > max) {
        const members = { ProposedSize: size, MaxSizeAllowed: max };
        const message = 'Your proposed upload exceeds the maximum allowed size';
        return done(new ServiceError('EntityTooLarge', message, { status: 400, members }));
      }
      if (size >= min) return done();
      const members = { ProposedSize: size, MinSizeAllowed: min };
      const message = 'Your proposed upload is smaller than the minimum allowed size';
      done(new ServiceError('EntityTooSmall', message, { status: 400, members }));
    },
  });
}

function parse(text: string): { expiration: number; conditions: Condition[] } {
  const document = parseJson(text);
  const { expiration, conditions } = document;
  if (expiration === undefined) throw invalid('Policy missing expiration.');
  if (typeof expiration !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(expiration)) {
    throw invalid("Invalid 'expiration' value");
  }
  if (!Array.isArray(conditions)) throw invalid('Policy missing conditions.');
  return { expiration: Date.parse(expiration), conditions: conditions.map(conditionOf) };
}

function parseJson(text: string): Record<string, unknown> {
  try {
    // Unlike JSON, a policy may write a dollar sign as \$ (API reference, "POST Policy", "Character Escaping").
    const document = JSON.parse(text.replace(/(?<!\\)((?:\\\\)*)\\\$/g, '$1$$')) as unknown;
    if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
      return document as Record<string, unknown>;
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw invalid('Invalid JSON.');
}

function conditionOf(condition: unknown): Condition {
  if (Array.isArray(condition)) return listOf(condition);
  const entries = Object.entries(Object(condition) as object);
  const [[name, value] = []] = entries;
  if (entries.length !== 1 || name === undefined) {
    throw invalid('Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.');
  }
  if (typeof value !== 'string') throw invalid('Invalid JSON.');
  return { operator: 'eq', field: `$${name}`, value };
}

function listOf(condition: unknown[]): Condition {
  const [operator, first, second] = condition;
  const name = typeof operator === 'string' ? operator.toLowerCase() : '';
  if (name === 'content-length-range' && condition.length === 3) {
    const [from, to] = [String(first), String(second)];
    if (Number(from) < 0 || Number(to) < 0) throw invalid("Invalid 'content-length-range' value");
    return { operator: name, from, to };
  }
  const isMatch = name === 'eq' || name === 'starts-with';
  if (isMatch && condition.length === 3 && typeof first === 'string' && typeof second === 'string') {
    return { operator: name, field: first, value: second };
  }
  throw invalid(`Invalid condition: ${JSON.stringify(condition)}`);
}

function rangeOf(from: string, to: string): SizeRange {
  if (/^\d+$/.test(from) && /^\d+$/.test(to)) return { min: Number(from), max: Number(to) };
  throw conditionFailed('content-length-range', from, to);
}

function holds(condition: { operator: string; value: string }, name: string, value: string | undefined) {
  if (value === undefined) return false;
  if (condition.operator === 'eq') return value === condition.value;
  // Each of several types must match: "Condition Matching".
  const values = name === 'content-type' ? value.split(',') : [value];
  return values.every((each) => each.trim().startsWith(condition.value));
}

function conditionFailed(...condition: string[]): ServiceError {
  const shown = `[${condition.map((part) => JSON.stringify(part)).join(', ')}]`;
  return denied(`Policy Condition failed: ${shown}`);
}

function denied(reason: string): ServiceError {
  return new ServiceError('AccessDenied', `Invalid according to Policy: ${reason}`, { status: 403 });
}

function invalid(reason: string): ServiceError {
  return new ServiceError('InvalidPolicyDocument', `Invalid Policy: ${reason}`, { status: 400 });
}
