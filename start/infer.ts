import { relative } from 'node:path';
import type { Progress } from '../cli/progress';
import { describeInferred, inferred, schemaPathOf, writeSchema, writtenBefore } from '../cli/schema-file';

/**
 * Writes the schema of a table beside it and shows what it says, or takes the one that was written before.
 *
 * @returns its path
 * @throws Error where that one describes another label
 */
export async function inferToFile(source: string, label: string, progress: Progress): Promise<string> {
  const before = writtenBefore(source, label);
  if (before !== undefined) {
    progress.step(`schema: ${shown(before)}, written before; remove it to infer it anew`);
    return before;
  }
  const found = await inferred({ source, label });
  const path = schemaPathOf(source);
  writeSchema(path, found);
  process.stdout.write(`\n${describeInferred(found)}\n\n`);
  progress.step(`schema: written to ${shown(path)}; to change it, edit that file and run the command again`);
  return path;
}

function shown(path: string): string {
  const near = relative('', path);
  return near.startsWith('..') ? path : near;
}
