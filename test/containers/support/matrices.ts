import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Input } from '../../../containers/table/encoding';
import type { MatrixDescription } from '../../../containers/table/report';
import { npyOf } from './npy';
import { EXAMPLES, writeFiles } from './program';

/** A table as the training program reads it; a row is the label's cell, then those of the inputs. */
export interface Prepared {
  readonly label: string;
  /** Left out: the label is a number. */
  readonly classes?: readonly string[];
  readonly inputs: readonly Input[];
  /** Of the one shard, by column. */
  readonly dictionaries?: Readonly<Record<string, readonly string[]>>;
  readonly train: readonly (readonly number[])[];
  readonly validation: readonly (readonly number[])[];
}

export function numberInputs(...names: string[]): Input[] {
  return names.map((name) => ({ kind: 'number', name, fill: 0 }));
}

/** Makes `base` a training job's folder. */
export function layOutMatrices(
  base: string,
  table: Prepared,
  hyperparameters: Record<string, unknown>,
): void {
  writeFiles(base, {
    'input/data/schema/encoding.json': JSON.stringify(encodingOf(table)),
    'input/config/hyperparameters.json': JSON.stringify(hyperparameters),
    ...shard('input/data/train', table, table.train),
    ...shard('input/data/validation', table, table.validation),
  });
}

/** The parts of an encoding that the training program reads. */
function encodingOf({ label, classes, inputs }: Prepared): object {
  return {
    formatVersion: 1,
    label: classes ? { kind: 'class', name: label, classes } : { kind: 'number', name: label },
    inputs,
  };
}

function shard(
  folder: string,
  table: Prepared,
  rows: readonly (readonly number[])[],
): Record<string, string | Buffer> {
  const description: MatrixDescription = {
    columns: [table.label, ...table.inputs.map(({ name }) => name)],
    rows: rows.length,
    parts: rows.length ? ['shard-00000-0000.npy'] : [],
    dictionaries: { ...(table.classes && { [table.label]: table.classes }), ...table.dictionaries },
  };
  return {
    [`${folder}/shard-00000.json`]: JSON.stringify(description),
    ...(rows.length && { [`${folder}/shard-00000-0000.npy`]: npyOf(rows) }),
  };
}

/** The numbers of a float32 NPY file, row by row, and its shape. */
export function readNpy(file: string): { shape: number[]; values: Float32Array } {
  const bytes = readFileSync(file);
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.subarray(10, start).toString('latin1');
  const shape = /'shape': \(([^)]*)\)/
    .exec(header)![1]!
    .split(',')
    .filter((part) => part.trim())
    .map(Number);
  if (!header.includes("'<f4'") || !header.includes("'fortran_order': False")) throw new Error(header);
  const values = bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length);
  return { shape, values: new Float32Array(values) };
}

/** An example's rows: each fourth one is for validation. */
export function exampleTable(example: 'breast-cancer' | 'iris'): Prepared {
  const folder = path.join(EXAMPLES, example);
  const { label } = JSON.parse(readFileSync(path.join(folder, 'schema.json'), 'utf8')) as { label: string };
  const records = readdirSync(path.join(folder, 'data'))
    .sort()
    .flatMap((file) =>
      parse<Record<string, string>>(readFileSync(path.join(folder, 'data', file)), { columns: true }),
    );
  const names = Object.keys(records[0]!).filter((name) => name !== label);
  const classes = [...new Set(records.map((record) => record[label]!))].sort();
  const rows = records.map((record) => [
    classes.indexOf(record[label]!),
    ...names.map((name) => Number(record[name])),
  ]);
  return {
    label,
    classes,
    inputs: numberInputs(...names),
    train: rows.filter((_, row) => row % 4 !== 3),
    validation: rows.filter((_, row) => row % 4 === 3),
  };
}
