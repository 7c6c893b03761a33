import { TableError } from '../../containers/table/errors.ts';
import { parseSchema, type Schema } from '../../containers/table/schema.ts';
import { ErrorName, PipelineError } from '../../lib/contract/errors';

/** Parses the schema. @throws PipelineError `InvalidData` naming every fault */
export function readSchema(text: string, source: string): Schema {
  return asInvalidData(() => parseSchema(text, source));
}

/** Calls `read`; a fault of the table is thrown as the pipeline's own error. */
export function asInvalidData<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof TableError) throw new PipelineError(ErrorName.InvalidData, error.message);
    throw error;
  }
}
