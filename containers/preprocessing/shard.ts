import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { timeTypeOf } from '../table/check-cells.ts';
import { checkColumns } from '../table/check-head.ts';
import type { Encoding } from '../table/encoding.ts';
import { TableError } from '../table/errors.ts';
import { FileFaults } from '../table/file-faults.ts';
import { DATA_SUFFIXES } from '../table/head.ts';
import { log } from '../table/log.ts';
import { quoteNames } from '../table/names.ts';
import { checkNumbersOnly } from '../table/numbers-only.ts';
import type { ShardReport } from '../table/report.ts';
import { parseSchema, type Schema } from '../table/schema.ts';
import { tableColumns } from './columns.ts';
import { Database } from './database.ts';
import { listFiles, openFile, type DataFile } from './files.ts';
import { groupFiles, type Group } from './groups.ts';
import { loadCells } from './load.ts';
import { createDictionaryTypes, writeMatrix } from './matrix.ts';
import { raggedRows } from './ragged.ts';
import { writeRejects } from './rejects.ts';
import { writeRows } from './rows.ts';
import { writeScoring } from './scoring.ts';
import type { Folders, Settings } from './settings.ts';
import { countRows, SCORED, splitRows, TRAINED } from './split.ts';
import { countCopies, gatherStatistics } from './statistics.ts';
import { DEFINITIONS } from './values-sql.ts';

/**
 * Reads every data file of the shard, sets bad rows aside, splits the others and writes them for training and
 * evaluation, with a report.
 *
 * @throws TableError if the schema or a file as a whole cannot be used
 */
export async function processShard(
  folders: Omit<Folders, 'message'>,
  settings: Settings,
): Promise<ShardReport> {
  const schema = await readSchema(folders.schema);
  if (settings.splits) checkNumbersOnly(schema, path.basename(folders.schema));
  const champion = await readChampion(folders.champion);
  const scratch = path.join(folders.output, '.scratch');
  await mkdir(scratch, { recursive: true });
  const files = await openFiles(folders.data, schema, scratch);
  const db = await Database.open(scratch, Math.max(...files.map(({ head }) => head.columns.length)));
  try {
    for (const definition of DEFINITIONS) await db.run(definition);
    const groups = await groupFiles(db, files);
    await checkGroups(groups, schema);
    return await prepare(db, groups, schema, champion, folders.output, settings);
  } finally {
    db.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function readSchema(file: string): Promise<Schema> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new TableError(
      `${path.basename(file)}: there is no such file in ${path.dirname(file)}; give the job a schema`,
    );
  });
  return parseSchema(text, path.basename(file));
}

async function readChampion(file: string): Promise<Encoding | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as Encoding);
}

async function openFiles(folder: string, schema: Schema, scratch: string): Promise<DataFile[]> {
  const { data, others } = await listFiles(folder);
  if (others.length > 0) log('WARN', `ignored, since they are not data files: ${quoteNames(others)}`);
  if (data.length === 0) {
    throw new TableError(
      `the shard holds no data file (${DATA_SUFFIXES}); upload one below the data's prefix`,
    );
  }
  const faults = new FileFaults();
  const files: DataFile[] = [];
  for (const [number, name] of data.entries()) {
    const file = await faults.of(name, () => openFile(folder, name, schema, scratch, number));
    if (file) files.push(file);
  }
  faults.throwIfAny();
  return files;
}

async function checkGroups(groups: readonly Group[], schema: Schema): Promise<void> {
  const faults = new FileFaults();
  for (const { name, head } of groups.flatMap(({ files }) => files)) {
    await faults.of(name, () => checkColumns(head, schema, name));
  }
  faults.throwIfAny();
}

async function prepare(
  db: Database,
  groups: readonly Group[],
  schema: Schema,
  champion: Encoding | null,
  output: string,
  settings: Settings,
): Promise<ShardReport> {
  const files = groups.flatMap((group) => group.files);
  const shared = files
    .slice(1)
    .reduce((names, { head }) => names.intersection(new Set(head.columns)), new Set(files[0]!.head.columns));
  const columns = tableColumns(schema, champion, timeTypeOf(files[0]!.head, schema.timeColumn), shared);
  const shard = `shard-${String(settings.shard).padStart(5, '0')}`;

  await loadCells(db, groups, columns.all);
  const ragged = await raggedRows(db, groups);
  const counts = await countRows(db, files.length);
  const rejecting = files.map(({ name, head }, index) => ({
    ...{ name, ...counts[index]! },
    decimalComma: head.csv?.decimalComma ?? false,
  }));
  const problems = await writeRejects(
    db,
    path.join(output, 'rejected'),
    shard,
    rejecting,
    columns.all,
    ragged,
  );
  await splitRows(
    db,
    columns,
    files.map(({ name }) => name),
    counts,
    settings,
  );
  await db.run('DROP TABLE cells');

  const { rows, label, features, dictionaries } = await gatherStatistics(db, columns);
  const { splits } = settings;
  if (splits) await writeRows(db, { output, shard, rows, columns, classes: schema.classes, format: splits });
  else {
    await createDictionaryTypes(db, dictionaries);
    for (const split of TRAINED) {
      await writeMatrix(
        db,
        path.join(output, split),
        shard,
        split,
        rows[split],
        schema,
        columns,
        dictionaries,
      );
    }
  }
  for (const split of SCORED)
    await writeScoring(db, path.join(output, 'scoring', split), shard, split, columns);

  const raggedIn = Map.groupBy(ragged, ({ file }) => file);
  const report: ShardReport = {
    shard: settings.shard,
    files: files.map(({ name, head }, index) => {
      const others = raggedIn.get(index)?.length ?? 0;
      const { rows: read, rejected } = counts[index]!;
      const named = head.columns.filter((column) => column !== '');
      return { name, rows: read + others, rejected: rejected + others, columns: named };
    }),
    rows,
    rejected: counts.reduce((sum, { rejected }) => sum + rejected, ragged.length),
    problems,
    label,
    features,
    copies: await countCopies(db, columns),
  };
  await mkdir(path.join(output, 'report'), { recursive: true });
  await writeFile(path.join(output, 'report', `${shard}.json`), `${JSON.stringify(report)}\n`);
  logReport(report);
  return report;
}

function logReport({ shard, files, rows, rejected, problems }: ShardReport): void {
  const splits = Object.entries(rows).map(([split, count]) => `${count} ${split}`);
  log('INFO', `shard ${shard}: ${files.length} files; ${splits.join(', ')} rows; ${rejected} set aside`);
  for (const { file, column, reason, rows: concerned, examples } of problems.slice(0, 5)) {
    const example = examples[0] ? `, e.g. row ${examples[0].row} "${examples[0].value}"` : '';
    log(
      'INFO',
      `set aside: ${file}: ${column && `column "${column}": `}${concerned} rows ${reason}${example}`,
    );
  }
}
