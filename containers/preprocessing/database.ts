import { DuckDBInstance, type DuckDBConnection, type DuckDBDataChunk } from '@duckdb/node-api';
import os from 'node:os';

/** DuckDB's memory limit; the process also needs memory for a part of a matrix, and for Node. */
const MEMORY_BYTES = 1.2e9;
const MEMORY_SHARE = 0.6;
/** DuckDB processes 2,048 rows at a time, for a table of any size. */
const MEMORY_BYTES_A_COLUMN = 400_000;
/** Each thread needs the same memory: two for a table of thousands of columns are no faster. */
const WIDE_COLUMNS = 1_000;

/** A database in memory that spills to a folder. */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  /**
   * Opens a database.
   *
   * @param folder for spilling
   * @param columns of the widest table
   */
  static async open(folder: string, columns: number): Promise<Database> {
    const machine = process.constrainedMemory() || os.totalmem();
    const memory = Math.min(Math.max(MEMORY_BYTES, columns * MEMORY_BYTES_A_COLUMN), MEMORY_SHARE * machine);
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: `${Math.floor(memory / 1e6)}MB`,
      temp_directory: folder,
      threads: String(columns > WIDE_COLUMNS ? 1 : os.availableParallelism()),
      autoinstall_known_extensions: 'false',
      // Both take quadratic time on thousands of columns, and the second may change the order of rows.
      disabled_optimizers: 'common_subexpressions,in_clause',
      max_expression_depth: '100000',
    });
    const connection = await instance.connect();
    await connection.run(`SET TimeZone = 'UTC'`);
    return new Database(instance, connection);
  }

  async run(sql: string): Promise<void> {
    await this.#connection.run(sql);
  }

  /** Returns the rows as objects of plain values: numbers (64-bit integers too), texts, lists, null. */
  async rows<Row>(sql: string): Promise<Row[]> {
    const reader = await this.#connection.runAndReadAll(sql);
    return reader.getRowObjectsJS().map((row) => plain(row) as Row);
  }

  /** Yields the result in chunks of rows, in their order. */
  async *chunks(sql: string): AsyncGenerator<DuckDBDataChunk> {
    const result = await this.#connection.stream(sql);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) return;
      yield chunk;
    }
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
