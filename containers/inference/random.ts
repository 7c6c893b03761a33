/**
 * Blackman and Vigna's generator xoshiro128** 1.1 (2018): 32-bit integers only, so that every machine draws the same
 * numbers from the same seed. Period 2^128 − 1. Not for secrets.
 */
export class Random {
  readonly #state: Uint32Array;

  /** Sets the state. @param state four words, not all of them 0 */
  constructor(state: readonly [number, number, number, number]) {
    this.#state = Uint32Array.from(state);
  }

  /** Creates a generator. @param digest at least 32 hexadecimal digits; the first 32 are the state */
  static fromDigest(digest: string): Random {
    const word = (index: number) => Number.parseInt(digest.slice(index * 8, index * 8 + 8), 16);
    return new Random([word(0), word(1), word(2), word(3)]);
  }

  /** Returns an integer from 0 to 2^32 − 1. */
  next(): number {
    const state = this.#state as unknown as [number, number, number, number];
    const result = Math.imul(rotateLeft(Math.imul(state[1], 5), 7), 9) >>> 0;
    const shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotateLeft(state[3], 11);
    return result;
  }

  /**
   * Returns an integer from 0 to `bound` − 1. Some are more probable than others by a share of at most `bound` / 2^32.
   */
  below(bound: number): number {
    return Math.floor((this.next() / 2 ** 32) * bound);
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
