import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readNpy, type Matrix } from '../../../containers/inference/npy';
import type { SplitsFormat } from '../../../containers/preprocessing/rows';
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
  readonly splits?: SplitsFormat;
}

/** The output of a preprocessing job. */
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

  description(split: 'train' | 'validation'): MatrixDescription {
    return JSON.parse(
      readFileSync(path.join(this.output, split, 'shard-00007.json'), 'utf8'),
    ) as MatrixDescription;
  }

  part(split: 'train' | 'validation', name: string): Matrix {
    return readNpy(name, readFileSync(path.join(this.output, split, name)));
  }

  /** All parts together, by column; the cells of a column with a dictionary as texts. */
  matrix(split: 'train' | 'validation'): Record<string, unknown>[] {
    const { columns: names, parts, dictionaries } = this.description(split);
    return parts.flatMap((name) => {
      const { rows, columns, values } = this.part(split, name);
      return Array.from({ length: rows }, (_, row) =>
        Object.fromEntries(
          names.map((name, column) => {
            const value = values[row * columns + column]!;
            const places = Object.hasOwn(dictionaries, name) ? dictionaries[name] : undefined;
            return [name, places && !Number.isNaN(value) ? places[value] : value];
          }),
        ),
      );
    });
  }
}

/** Runs the preprocessing program's work in this process; all rows train unless the options say otherwise. */
export async function runShard(
  folders: ReturnType<typeof temporaryFolders>,
  files: Files,
  schema: unknown,
  { champion, validation = 0, test = 0, splits }: ShardOptions = {},
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
    const settings = { shard: 7, validationFraction: validation, testFraction: test, splits };
    return new Shard(await processShard(paths, settings), paths.output);
  } finally {
    silenced.mockRestore();
  }
}
