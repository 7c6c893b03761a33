import path from 'node:path';
import { TableError } from '../table/errors.ts';
import { showValue } from '../table/escape.ts';
import { LABELS, type SplitsFormat } from './rows.ts';

export interface Settings {
  /** This job's number among the run's shards; the job's output files are named by it. */
  readonly shard: number;
  /** Shares of all rows, in [0, 1); the rest is for training. */
  readonly validationFraction: number;
  readonly testFraction: number;
  /** Form of the splits for programs of others; undefined: matrices for the training program next to this one. */
  readonly splits?: SplitsFormat;
}

/** Paths of the job's files. */
export interface Folders {
  readonly data: string;
  readonly schema: string;
  /** The champion's encoding, if there is a champion. */
  readonly champion: string;
  readonly output: string;
  /** File for the reason of a failure. */
  readonly message: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function folders(env: Environment): Folders {
  const base = env.SAGEMAKER_BASE_DIR ?? '/opt/ml';
  const input = path.join(base, 'processing/input');
  return {
    data: path.join(input, 'data'),
    schema: path.join(input, 'schema/schema.json'),
    champion: path.join(input, 'schema/champion.json'),
    output: path.join(base, 'processing/output'),
    message: path.join(base, 'output/message'),
  };
}

/**
 * Reads SHARD_INDEX, VALIDATION_FRACTION, TEST_FRACTION and, if there is one, SPLITS.
 *
 * @throws TableError naming the variable, its value and the allowed values
 */
export function readSettings(env: Environment): Settings {
  const shard = variable(env, 'SHARD_INDEX');
  if (!/^\d{1,5}$/.test(shard))
    throw new TableError(`SHARD_INDEX: "${shard}" is not a whole number from 0 to 99999`);
  const settings = {
    shard: Number(shard),
    validationFraction: fraction(env, 'VALIDATION_FRACTION'),
    testFraction: fraction(env, 'TEST_FRACTION'),
    ...(env.SPLITS !== undefined && { splits: splits(env.SPLITS) }),
  };
  if (settings.validationFraction + settings.testFraction >= 1) {
    throw new TableError(
      `VALIDATION_FRACTION + TEST_FRACTION: ${settings.validationFraction} + ${settings.testFraction} ` +
        'leaves nothing to train on; their sum must stay below 1',
    );
  }
  return settings;
}

function splits(text: string): SplitsFormat {
  const allowed =
    'must be {"header": true or false, "label": "first", "last" or "none", "contentType": "text/csv"}';
  let value: Partial<SplitsFormat> | null;
  try {
    value = JSON.parse(text) as Partial<SplitsFormat> | null;
  } catch {
    throw new TableError(`SPLITS: ${showValue(text)} is not JSON; ${allowed}`);
  }
  const { header, label, contentType } = value ?? {};
  if (typeof header === 'boolean' && label && LABELS.includes(label) && contentType === 'text/csv') {
    return { header, label, contentType };
  }
  throw new TableError(`SPLITS is ${showValue(text, 200)}; ${allowed}`);
}

function fraction(env: Environment, name: string): number {
  const text = variable(env, name);
  const value = text.trim() === '' ? NaN : Number(text);
  if (!(value >= 0 && value < 1)) throw new TableError(`${name}: "${text}" is not a number in [0, 1)`);
  return value;
}

function variable(env: Environment, name: string): string {
  const value = env[name];
  if (value === undefined)
    throw new TableError(`${name}: the environment variable is not set; the job needs it`);
  return value;
}
