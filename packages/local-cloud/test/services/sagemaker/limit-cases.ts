import { assertValid } from '../../../src/core/validation';
import { findModel } from '../../../src/services';

/** Refuses a request as SageMaker does before it runs the operation. */
export const asSent = <T extends object>(operation: string, request: T): T => {
  assertValid(findModel('sagemaker')!, operation, request);
  return request;
};

/**
 * One limit: the member that is changed in a valid request, the largest allowed value, the smallest refused value, and
 * the field and message of the error.
 */
export type LimitCase = [
  limit: string,
  change: (value: any) => object,
  within: unknown,
  beyond: unknown,
  field: string,
  rule: string,
];

export function testLimits(check: (change: object) => void, cases: readonly LimitCase[]): void {
  test.each(cases)('%s', (_, change, within, beyond, field, rule) => {
    expect(() => check(change(within))).not.toThrow();
    const refused = () => check(change(beyond));
    expect(refused).toThrow(expect.objectContaining({ name: 'ValidationException' }));
    // A text may be both too long and contain wrong characters; an error in a list's text is reported for the list.
    expect(refused).toThrow(/^\d validation errors? detected: Value '/);
    const reported = field.replace(/\.\d+\.member$/, '');
    expect(refused).toThrow(
      new RegExp(`' at '${reported}(\\.\\d+\\.member)?' failed to satisfy constraint: `),
    );
    expect(refused).toThrow(rule);
  });
}

/** Rules between fields: two requests that differ in one member, and the error of the second. */
export type RuleCase = [rule: string, within: object, beyond: object, message: string];

export function testRules(check: (change: object) => void, cases: readonly RuleCase[]): void {
  test.each(cases)('%s', (_, within, beyond, message) => {
    expect(() => check(within)).not.toThrow();
    expect(() => check(beyond)).toThrow(expect.objectContaining({ name: 'ValidationException' }));
    expect(() => check(beyond)).toThrow(message);
  });
}

export const text = (length: number) => 'x'.repeat(length);
export const list = <T>(length: number, item: (index: number) => T) =>
  Array.from({ length }, (_, index) => item(index));
export const entries = (length: number) => Object.fromEntries(list(length, (i) => [`k${i}`, '']));

export const longest = (most: number) => `Member must have length less than or equal to ${most}`;
export const most = (value: number) => `Member must have value less than or equal to ${value}`;
export const least = (value: number) => `Member must have value greater than or equal to ${value}`;
export const mapValue = (most: number) => `Map value must satisfy constraint: [${longest(most)}`;
export const mapKey = (most: number) => `Map keys must satisfy constraint: [${longest(most)}`;
export const PATTERN = 'Member must satisfy regular expression pattern: ';
export const ENUM = 'Member must satisfy enum value set: [';
