import { ErrorName, PipelineError } from '../../lib/contract/errors';

/** An object of the data bucket. */
export interface Listed {
  readonly key: string;
  readonly modified: Date;
}

/** Suffix that a transform job appends to the name of an input. */
const RESULT = '.out';

/**
 * Returns the inputs among the objects below a prefix: `.csv` objects, in upper or lower case, without the results.
 *
 * A result is found by its name in any folder. SageMaker's documentation does not say where the result of an input in a
 * subfolder is: "for the input data stored at s3://bucket-name/input-name-prefix/dataset01/data.csv, batch transform
 * stores the transformed data at s3://bucket-name/output-name-prefix/input-name-prefix/data.csv.out" (API reference,
 * TransformOutput), and nothing on manifests. So no two inputs may have one name: the results could be one object.
 *
 * @param all true to include inputs that already have a newer result
 * @throws PipelineError `InvalidData` for two inputs with one name in different folders
 */
export function inputsOf(objects: readonly Listed[], all: boolean): string[] {
  const results = new Map<string, Date>();
  for (const { key, modified } of objects.filter(({ key }) => key.endsWith(RESULT))) {
    const name = nameOf(key);
    const known = results.get(name);
    if (known === undefined || known < modified) results.set(name, modified);
  }
  const inputs = objects.filter(({ key }) => /\.csv$/i.test(key));
  checkNames(inputs);
  return inputs
    .filter(({ key, modified }) => {
      const result = results.get(`${nameOf(key)}${RESULT}`);
      return all || !result || result < modified;
    })
    .map(({ key }) => key);
}

function checkNames(inputs: readonly Listed[]): void {
  const keys = new Map<string, string>();
  for (const { key } of inputs) {
    const other = keys.get(nameOf(key));
    if (other !== undefined) {
      throw new PipelineError(
        ErrorName.InvalidData,
        `the inputs ${other} and ${key} have one name in two folders; each input needs a name of its own, since ` +
          'SageMaker may write both results to one object: rename one',
      );
    }
    keys.set(nameOf(key), key);
  }
}

function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
