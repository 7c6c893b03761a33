import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A table in its own folder, with its schema. */
export interface Table {
  readonly folder: string;
  readonly data: string;
  readonly schema: string;
}

/** @param files content by name below the data folder */
export function writeTable(files: Readonly<Record<string, string>>, schema: object): Table {
  const folder = mkdtempSync(join(tmpdir(), 'table-'));
  const data = join(folder, 'data');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(data, name)), { recursive: true });
    writeFileSync(join(data, name), text);
  }
  writeFileSync(join(folder, 'schema.json'), JSON.stringify(schema));
  return { folder, data, schema: join(folder, 'schema.json') };
}

/** Numbers in [0, 1) that only look random, the same everywhere (Park and Miller's generator). */
export function uniform(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state - 1) / 2_147_483_646;
  };
}

/** Returns the split of a row by its position, as docs/adr/0019 defines it. */
export function splitOf(file: string, row: number, test = 0.2, validation = 0.15): string {
  const digest = createHash('md5').update(`${file}\n${row}`).digest();
  const u = Number(digest.readBigUInt64LE(8)) / 2 ** 64;
  return u < test ? 'test' : u < test + validation ? 'validation' : 'train';
}

/** 10,000 rows of three features with two values each: sixteen distinct rows, of which each has hundreds of copies. */
export function smokers(): Record<string, string> {
  const next = uniform();
  const lines = Array.from({ length: 10_000 }, () => {
    const [smoker, over60, male] = [0.3, 0.4, 0.5].map((share) => Number(next() < share)) as [
      number,
      number,
      number,
    ];
    const tendency = -3.2 + 5.5 * smoker * over60 + 0.2 * male;
    return `${smoker},${over60},${male},${Number(next() < 1 / (1 + Math.exp(-tendency)))}`;
  });
  const csv = (rows: string[]) => `smoker,over60,male,ill\n${rows.join('\n')}\n`;
  return { 'a.csv': csv(lines.slice(0, 5_000)), 'B.CSV': csv(lines.slice(5_000)) };
}

export const SMOKERS = { label: 'ill', classes: [0, 1], features: ['smoker', 'over60', 'male'] };

/** 60,000 rows of which one in 500 is positive, by chance alone. */
export function chance(): Record<string, string> {
  const next = uniform(3);
  const lines = Array.from({ length: 60_000 }, () => {
    const features = [next(), next(), next()].map((value) => value.toFixed(4));
    return [...features, next() < 0.002 ? 'yes' : 'no'].join();
  });
  return { 'a.csv': `a,b,c,fraud\n${lines.join('\n')}\n` };
}

export const CHANCE = { label: 'fraud', features: ['a', 'b', 'c'] };

/** A table whose labels are more often wrong in the validation rows than in the holdout, as happens by chance. */
export function unlucky(): Record<string, string> {
  const next = uniform(5);
  const lines = Array.from({ length: 800 }, (_, index) => {
    const value = next();
    const wrong = next() < (splitOf('a.csv', index + 1) === 'validation' ? 0.28 : 0.12);
    return `${value.toFixed(4)},${value > 0.5 !== wrong ? 'high' : 'low'}`;
  });
  return { 'a.csv': `x,level\n${lines.join('\n')}\n` };
}

export const UNLUCKY = { label: 'level', features: ['x'] };
