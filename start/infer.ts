import { relative } from 'node:path';
import type { Progress } from '../cli/progress';
import { describeInferred, inferred, schemaPathOf, writeSchema, writtenBefore } from '../cli/schema-file';

/**
 * Infers the schema of a table, shows it and writes it next to the table; uses an earlier schema file if there is one.
 *
 * @returns path of the schema
 * @throws Error if the earlier file is for another label
 */
export async function inferToFile(source: string, label: string, progress: Progress): Promise<string> {
  const before = writtenBefore(source, label);
  if (before !== undefined) {
    progress.step(`schema: ${shown(before)}, written earlier; delete it to infer it again`);
    return before;
  }
  const found = await inferred({ source, label });
  const path = schemaPathOf(source);
  writeSchema(path, found);
  process.stdout.write(`\n${describeInferred(found)}\n\n`);
  progress.step(`schema: written to ${shown(path)}; to change it, edit the file and run the command again`);
  return path;
}

function shown(path: string): string {
  const near = relative('', path);
  return near.startsWith('..') ? path : near;
}
