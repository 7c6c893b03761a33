/**
 * A fault of the input: of a schema, a file or a row. The message says where it is, what is allowed, and what to do.
 */
export class TableError extends Error {
  override name = 'TableError';
}
