/** Returns the number that a decimal text says; NaN for any other text. JavaScript's `Number` also reads `0x10`, `0b1` and blanks. */
export function decimal(text: string): number {
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}
