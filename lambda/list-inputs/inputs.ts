/** An object of the data bucket. */
export interface Listed {
  readonly key: string;
  readonly modified: Date;
}

/** What a transform job adds to the key of an input. */
const RESULT = '.out';

/**
 * The inputs among the objects below a prefix: `.csv` objects, in any case, without the results that lie beside them.
 *
 * @param all whether those are among them that have a result already which is newer
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
