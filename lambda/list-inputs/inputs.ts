/** An object of the data bucket. */
export interface Listed {
  readonly key: string;
  readonly modified: Date;
}

/** Suffix that a transform job appends to the key of an input. */
const RESULT = '.out';

/**
 * Returns the inputs among the objects below a prefix: `.csv` objects, in upper or lower case, without the results next
 * to them.
 *
 * @param all true to include inputs that already have a newer result
 */
export function inputsOf(objects: readonly Listed[], all: boolean): string[] {
  const results = new Map(
    objects.filter(({ key }) => key.endsWith(RESULT)).map(({ key, modified }) => [key, modified]),
  );
  return objects
    .filter(({ key, modified }) => {
      if (!/\.csv$/i.test(key)) return false;
      const result = results.get(`${key}${RESULT}`);
      return all || !result || result < modified;
    })
    .map(({ key }) => key);
}
