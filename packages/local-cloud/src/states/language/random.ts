/** Uniform in [0, 1), as Math.random. */
export type Random = () => number;

/**
 * Returns a repeatable source for `$random(seed)` and `States.MathRandom(…, seed)`: equal seeds give equal numbers, but
 * not AWS's numbers, whose generator is not documented. (mulberry32 over the seed's bits.)
 */
export function seededRandom(seed: number): Random {
  const bits = new Uint32Array(new Float64Array([seed]).buffer);
  let state = (bits[0]! ^ Math.imul(bits[1]!, 0x9e3779b1)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Returns a version 4 UUID from `random`, so that a run with a seeded source is repeatable. */
export function uuid(random: Random): string {
  const bytes = Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
