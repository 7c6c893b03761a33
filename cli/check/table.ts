import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Encoding } from '../../containers/table/encoding.ts';
import { parseSchema } from '../../containers/table/parse-schema.ts';
import type { ShardReport } from '../../containers/table/report.ts';
import { summarise } from '../../lambda/check-data/summary';
import { digests, readJson } from './jobs';

/**
 * Returns the encoding of a table, which the pipeline's `Check data` learns between preprocessing and training.
 *
 * @throws Error if the shards' reports do not suffice for it
 */
export function learnTableEncoding(schemaFile: string, outputs: readonly string[]): Encoding {
  const schema = parseSchema(readFileSync(schemaFile, 'utf8'), schemaFile);
  const reports = outputs.flatMap((output) =>
    [...digests(join(output, 'report')).keys()].map(
      (name) => readJson(join(output, 'report'), name) as ShardReport,
    ),
  );
  return summarise(schema, reports, 1).encoding;
}
