import * as z from 'zod';

/** SageMaker instance type, e.g. `ml.m5.large`. */
export const instanceType = z
  .string()
  .regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/, 'an instance type such as ml.m5.large');

export const whole = (min: number, max: number) => z.int().min(min).max(max);

/** Bits of the smallest and the largest network: a subnet in each of three zones has at least 256 addresses. */
const PREFIX_BITS = { least: 16, most: 22 };

/** Returns true for a private IPv4 range. @param cidr such as `10.40.0.0/16` */
export function isPrivateRange(cidr: string): boolean {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  if (!match) return false;
  const [a, b, c, d, bits] = match.slice(1).map(Number) as [number, number, number, number, number];
  if ([a, b, c, d].some((part) => part > 255)) return false;
  if (bits < PREFIX_BITS.least || bits > PREFIX_BITS.most) return false;
  const isPrivate = a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168);
  return isPrivate && (a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) % 2 ** (32 - bits) === 0;
}
