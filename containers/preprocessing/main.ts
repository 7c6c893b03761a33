/** Entry point of the processing job: cleans one shard of the data and splits it. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TableError } from '../table/errors.ts';
import { log, logBug } from '../table/log.ts';
import { folders, readSettings } from './settings.ts';
import { processShard } from './shard.ts';

// The first process of a container ignores SIGTERM by default.
process.on('SIGTERM', () => process.exit(143));

const { message, ...inputs } = folders(process.env);
try {
  await processShard(inputs, readSettings(process.env));
} catch (error) {
  const isInput = error instanceof TableError;
  if (isInput) log('ERROR', error.message);
  else logBug(error);
  await leaveMessage(isInput ? error.message : `A bug in the program, see its log: ${String(error)}`);
  process.exitCode = isInput ? 1 : 2;
}

async function leaveMessage(text: string): Promise<void> {
  await mkdir(path.dirname(message), { recursive: true });
  await writeFile(message, text);
}
