import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readNpy } from '../../../containers/inference/npy';
import { processShard } from '../../../containers/preprocessing/shard';
import { folders as jobFolders } from '../../../containers/preprocessing/settings';
import { parseDelimited } from '../../../containers/table/delimited';
import type { MatrixDescription, ShardReport } from '../../../containers/table/report';
import type { temporaryFolders } from './program';

export type Files = Record<string, string | Buffer>;

export interface ShardOptions {
  readonly champion?: unknown;
  readonly validation?: number;
  readonly test?: number;
}

/** What a preprocessing job made of its files. */
export class Shard {
  constructor(
    readonly report: ShardReport,
    private readonly output: string,
  ) {}

  /** Rows of a file of CSV below the output, the header first. */
  csv(name: string): string[][] {
    return parseDelimited(readFileSync(path.join(this.output, name), 'utf8'), ',', '"', Infinity, false);
  }

  scoring(split: 'validation' | 'test'): Record<string, string>[] {
    const [header, ...rows] = this.csv(`scoring/${split}/shard-00007.csv`);
    return rows.map((row) => Object.fromEntries(row.map((cell, index) => [header![index]!, cell])));
  }

  rejected(): string[][] {
    return this.csv('rejected/shard-00007.csv').slice(1);
  }

  /** Of a split, its parts put together; the cells of a column with a dictionary as texts. */
  matrix(split: 'train' | 'validation'): { description: MatrixDescription; rows: Record<string, unknown>[] } {
    const folder = path.join(this.output, split);
    const description = JSON.parse(
      readFileSync(path.join(folder, 'shard-00007.json'), 'utf8'),
    ) as MatrixDescription;
    const rows = description.parts.flatMap((part) => {
      const { rows: height, columns, values } = readNpy(part, readFileSync(path.join(folder, part)));
      return Array.from({ length: height }, (_, row) =>
        Object.fromEntries(
          description.columns.map((name, column) => {
            const value = values[row * columns + column]!;
            const places = Object.hasOwn(description.dictionaries, name)
              ? description.dictionaries[name]
              : undefined;
            return [name, places && !Number.isNaN(value) ? places[value] : value];
          }),
        ),
      );
    });
    return { description, rows };
  }

  has(name: string): boolean {
    return existsSync(path.join(this.output, name));
  }
}

/** Runs the preprocessing program's work in this process; all rows train unless the options say otherwise. */
export async function runShard(
  folders: ReturnType<typeof temporaryFolders>,
  files: Files,
  schema: unknown,
  { champion, validation = 0, test = 0 }: ShardOptions = {},
): Promise<Shard> {
  const base = folders.create({
    'processing/input/schema/schema.json': typeof schema === 'string' ? schema : JSON.stringify(schema),
    ...(champion === undefined ? {} : { 'processing/input/schema/champion.json': JSON.stringify(champion) }),
    ...Object.fromEntries(
      Object.entries(files).map(([name, content]) => [`processing/input/data/${name}`, content]),
    ),
  });
  const { message: _, ...paths } = jobFolders({ SAGEMAKER_BASE_DIR: base });
  const silenced = jest.spyOn(console, 'log').mockImplementation();
  try {
    const settings = { shard: 7, validationFraction: validation, testFraction: test };
    return new Shard(await processShard(paths, settings), paths.output);
  } finally {
    silenced.mockRestore();
  }
}
