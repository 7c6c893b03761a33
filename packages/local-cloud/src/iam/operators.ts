import { BlockList, isIP } from 'node:net';
import { shown, type Fault } from './malformed';
import { compile, type Matcher, type PatternOptions } from './patterns';
import { arnPattern } from './arns';

/** Compiles one value of a condition; throws the fault if the operator does not accept the value. */
type CompileValue = (value: string, variables: boolean, fault: Fault) => Matcher;

export interface Operator {
  /** True for `…Not…`: none of the policy's values may match, and an absent key matches. */
  negated: boolean;
  compile: CompileValue;
}

/**
 * The condition operators except `Null`, by their names, which are case-sensitive. Variables are substituted only by
 * the operators on strings and ARNs.
 */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  ...both('StringEquals', 'StringNotEquals', text({ style: 'exact' })),
  ...both('StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', text({ style: 'exact', ignoreCase: true })),
  ...both('StringLike', 'StringNotLike', text({ style: 'like' })),
  ...both('ArnEquals', 'ArnNotEquals', arnPattern),
  ...both('ArnLike', 'ArnNotLike', arnPattern),
  ...ordered('Numeric', number, 'a number such as 10 or 1.5'),
  ...ordered('Date', instant, 'a date such as 2026-01-31T12:00:00Z, or seconds since 1970'),
  ...both('IpAddress', 'NotIpAddress', addresses),
  Bool: { negated: false, compile: truth },
  BinaryEquals: { negated: false, compile: binary },
};

function both(positive: string, negative: string, compileValue: CompileValue): Record<string, Operator> {
  return {
    [positive]: { negated: false, compile: compileValue },
    [negative]: { negated: true, compile: compileValue },
  };
}

function text(options: Omit<PatternOptions, 'variables'>): CompileValue {
  return (value, variables, fault) => compile(value, { ...options, variables }, fault);
}

/** Returns the six comparisons of a kind of value that has an order. */
function ordered(
  kind: string,
  read: (value: string) => number | undefined,
  needs: string,
): Record<string, Operator> {
  const comparing =
    (holds: (actual: number, bound: number) => boolean): CompileValue =>
    (value, _variables, fault) => {
      const bound = read(value);
      if (bound === undefined) throw fault(`${shown(value)} cannot be compared; use ${needs}.`);
      return (actual) => {
        const known = read(actual);
        return known !== undefined && holds(known, bound);
      };
    };
  return {
    ...both(
      `${kind}Equals`,
      `${kind}NotEquals`,
      comparing((actual, bound) => actual === bound),
    ),
    [`${kind}LessThan`]: { negated: false, compile: comparing((actual, bound) => actual < bound) },
    [`${kind}LessThanEquals`]: { negated: false, compile: comparing((actual, bound) => actual <= bound) },
    [`${kind}GreaterThan`]: { negated: false, compile: comparing((actual, bound) => actual > bound) },
    [`${kind}GreaterThanEquals`]: { negated: false, compile: comparing((actual, bound) => actual >= bound) },
  };
}

function number(value: string): number | undefined {
  return /^[+-]?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

const ISO_8601 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/** Returns milliseconds since 1970. */
function instant(value: string): number | undefined {
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const time = ISO_8601.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** Compiles an address or a range of addresses, IPv4 or IPv6. */
function addresses(value: string, _variables: boolean, fault: Fault): Matcher {
  const [address = '', bits] = value.split('/', 2);
  const version = isIP(address);
  const width = version === 6 ? 128 : 32;
  const prefix = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
  if (version === 0 || !(prefix <= width) || value.split('/').length > 2) {
    throw fault(
      `${shown(value)} is not a range of addresses; use CIDR, such as 203.0.113.0/24 or 2001:db8::/32.`,
    );
  }
  const range = new BlockList();
  range.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4');
  return (actual) => {
    const family = isIP(actual);
    return family !== 0 && range.check(actual, family === 6 ? 'ipv6' : 'ipv4');
  };
}

function truth(value: string, _variables: boolean, fault: Fault): Matcher {
  const wanted = value.toLowerCase();
  if (wanted !== 'true' && wanted !== 'false') throw fault(`${shown(value)} is neither true nor false.`);
  return (actual) => actual.toLowerCase() === wanted;
}

function binary(value: string, _variables: boolean, fault: Fault): Matcher {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value) || value.length % 4 !== 0) {
    throw fault(`${shown(value)} is not base64; encode the bytes so.`);
  }
  const wanted = Buffer.from(value, 'base64');
  return (actual) => wanted.equals(Buffer.from(actual, 'base64'));
}
