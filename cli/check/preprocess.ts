import { readdirSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { ContainerProgram } from 'local-cloud/programs';
import type { Findings } from './clauses';
import { describeEnd, digests, failureProblem, readJson, type Ended, type Jobs } from './jobs';
import type { CheckedModel, Fixture } from './model';

const SPLITS = ['train', 'validation', 'test'] as const;
type Rows = Readonly<Record<(typeof SPLITS)[number], number>>;
const FOLDERS = ['train', 'validation', 'scoring/validation', 'scoring/test'];
const WRITES = ['processing/output', 'output'];
/** Neither text nor a file of any format. */
const UNREADABLE = Buffer.from([0, 255, 254, 0, 0x80, 0x0a, 0xc3, 0x28]);

/** What preprocessing left for the next programs. */
export interface Prepared {
  /** Output folders, one a shard. */
  readonly outputs: readonly string[];
}

interface Shard {
  readonly ended: Ended;
  readonly base: string;
  readonly output: string;
}

/**
 * Checks preprocessing on the data in two shards, and again in one.
 *
 * @returns undefined if there is nothing to go on with
 */
export async function checkPreprocess(
  program: ContainerProgram,
  model: CheckedModel,
  fixture: Fixture,
  jobs: Jobs,
  findings: Findings,
): Promise<Prepared | undefined> {
  const files = dataFiles(fixture, model);
  const run = async (index: number, chosen: readonly string[], unreadable?: string): Promise<Shard> => {
    const base = jobs.base({
      ...Object.fromEntries(
        chosen.map((file) => [`processing/input/data/${file}`, { copy: pathOf(fixture, file) }]),
      ),
      ...(unreadable !== undefined && { [`processing/input/data/${unreadable}`]: UNREADABLE }),
      ...(fixture.schema !== null && { 'processing/input/schema/schema.json': { copy: fixture.schema } }),
    });
    const ended = await jobs.run(program, base, {
      environment: {
        SHARD_INDEX: String(index),
        VALIDATION_FRACTION: String(model.data.validationFraction),
        TEST_FRACTION: String(model.data.testFraction),
      },
      writes: WRITES,
    });
    return { ended, base, output: join(base, 'processing/output') };
  };

  const halves = [0, 1].map((half) => files.filter((_, index) => index % 2 === half));
  const shards: Shard[] = [];
  for (const [index, half] of halves.entries()) if (half.length > 0) shards.push(await run(index, half));
  const strayed = shards.flatMap(({ ended }) => ended.strayed);
  findings.judge('preprocessFolders', strayed.length > 0 ? `changed ${list(strayed)}` : undefined);
  const outputs = shards.map(({ output }) => output);
  if (!findings.judge('preprocessOutput', outputProblem(shards))) return undefined;

  const reports = shards.map(({ output }, index) => reportOf(output, index));
  const fault = reports.find((report) => typeof report === 'string');
  const rows = fault === undefined ? addUp(reports as Rows[]) : undefined;
  const empty = rows && SPLITS.find((split) => rows[split] === 0);
  const found = rows && SPLITS.map((split) => `${rows[split]} ${split}`).join(', ');
  findings.judge(
    'preprocessReport',
    fault ?? (empty && `no row fell into ${empty}; use more data, see --data`),
    found,
  );

  const whole = await run(7, files);
  findings.judge('preprocessNames', namesProblem(outputs, whole.output));
  if (rows) findings.judge('preprocessSplit', splitProblem(rows, reportOf(whole.output, 7)));
  const faulty = await run(3, [], files[0]);
  if (faulty.ended.status !== 0 || rows) findings.judge('preprocessFault', faultProblem(faulty));
  return { outputs };
}

/** Returns the data's files, as paths below the job's data folder. @throws Error without any */
function dataFiles({ data }: Fixture, { data: { suffixes } }: CheckedModel): string[] {
  if (statSync(data).isFile()) return [basename(data)];
  const endings = suffixes === '*' ? null : suffixes;
  const files = readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(data, join(entry.parentPath, entry.name)))
    .filter((name) => endings === null || endings.some((ending) => name.toLowerCase().endsWith(ending)))
    .sort();
  if (files.length === 0) {
    throw new Error(
      `--data is "${data}"; it has no file${endings === null ? '' : ` that ends in ${endings.join(', ')}`}`,
    );
  }
  return files;
}

function pathOf({ data }: Fixture, file: string): string {
  return statSync(data).isFile() ? data : join(data, file);
}

function outputProblem(shards: readonly Shard[]): string | undefined {
  const failed = shards.find(({ ended }) => ended.status !== 0);
  if (failed) return describeEnd(failed.ended);
  const missing = FOLDERS.filter((folder) =>
    shards.every(({ output }) => digests(join(output, folder)).size === 0),
  );
  return missing.length > 0 ? `wrote no file to ${list(missing)}` : undefined;
}

/** Returns the rows of a shard's report; a text if it has another form. */
function reportOf(output: string, index: number): Rows | string {
  const names = [...digests(join(output, 'report')).keys()];
  const name = names.find((file) => Number(/^shard-(\d+)\.json$/.exec(file)?.[1]) === index);
  if (name === undefined) {
    return `processing/output/report has ${list(names) || 'no file'}, and not shard-${index}.json`;
  }
  try {
    const { rows } = readJson(join(output, 'report'), name) as { rows?: Partial<Rows> };
    const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;
    if (SPLITS.every((split) => isCount(rows?.[split]))) return rows as Rows;
    return `${name}: "rows" is ${JSON.stringify(rows ?? null)}`;
  } catch (error) {
    return (error as Error).message;
  }
}

function addUp(reports: readonly Rows[]): Rows {
  const sum = (split: keyof Rows) => reports.reduce((total, rows) => total + rows[split], 0);
  return { train: sum('train'), validation: sum('validation'), test: sum('test') };
}

function namesProblem(outputs: readonly string[], other: string): string | undefined {
  const before = outputs.map((output) => [...digests(output).keys()]);
  const after = [...digests(other).keys()];
  const shared = before.flatMap((names, index) =>
    [...after, ...before.slice(index + 1).flat()].filter((name) => names.includes(name)),
  );
  return shared.length > 0 ? `two shards write ${list(shared)}` : undefined;
}

function splitProblem(apart: Rows, together: Rows | string): string | undefined {
  if (typeof together === 'string') return together;
  const differing = SPLITS.filter((split) => apart[split] !== together[split]);
  if (differing.length === 0) return undefined;
  const shown = (rows: Rows) => differing.map((split) => `${rows[split]} ${split}`).join(', ');
  return `the same files have ${shown(apart)} in two shards, ${shown(together)} in one`;
}

function faultProblem({ ended, base, output }: Shard): string | undefined {
  if (ended.status !== 0) return failureProblem(ended, base, 'output/message');
  const report = reportOf(output, 3);
  if (typeof report === 'string') return `ended with 0, and ${report}`;
  const rows = SPLITS.reduce((sum, split) => sum + report[split], 0);
  return rows > 0 ? `counted ${rows} rows in a file of 8 bytes that are no text` : undefined;
}

/** Returns at most three names. */
export function list(names: readonly string[]): string {
  return names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '');
}
