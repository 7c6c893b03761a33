import { ErrorName, PipelineError } from './errors';

/** One hyperparameter: its kind, inclusive limits, and default. */
export interface HyperparameterDefinition {
  readonly kind: 'integer' | 'number';
  readonly min: number;
  readonly max: number;
  readonly default: number;
  readonly description: string;
}

/**
 * Every hyperparameter, by the name it has in SSM, in `--set` and in a run's input. The first word says which
 * program it belongs to. The training program checks the same limits (`containers/training/settings.py`; a test
 * holds the two equal).
 */
export const HYPERPARAMETERS = {
  'training.epochs': integer(1, 10_000, 60, 'passes over the training rows'),
  'training.batch_size': integer(1, 65_536, 32, 'rows a step'),
  'training.learning_rate': number(1e-7, 1, 0.003, 'step size of the optimizer'),
  'training.hidden_units': integer(1, 4_096, 32, 'width of a hidden layer'),
  'training.hidden_layers': integer(0, 8, 1, 'hidden layers; 0 is logistic regression'),
  'training.dropout': number(0, 0.9, 0, 'share of units dropped while training'),
  'training.weight_decay': number(0, 1, 1e-4, 'L2 penalty'),
  'training.patience': integer(
    0,
    10_000,
    0,
    'epochs without a better validation loss before stopping; 0: never',
  ),
  'training.seed': integer(0, 2 ** 31 - 1, 1, 'seed of every random number'),
  'training.threads': integer(0, 256, 1, 'CPU threads; 0: all; bit-identical results need the same number'),
  'training.checkpoint_seconds': number(0, 3_600, 30, 'seconds between checkpoints inside an epoch'),
  'preprocessing.max_bad_row_fraction': number(
    0,
    1,
    0,
    'share of rows that may be set aside before a run fails',
  ),
} as const satisfies Record<string, HyperparameterDefinition>;

export type HyperparameterName = keyof typeof HYPERPARAMETERS;
export type Hyperparameters = Record<HyperparameterName, number>;

/** SSM path below which the hyperparameters of an environment lie, e.g. `/mlops/dev/hyperparameters`. */
export function hyperparameterPath(name: string, environment: string): string {
  return `/${name}/${environment}/hyperparameters`;
}

/** SSM name of a hyperparameter: `training.epochs` is `<path>/training/epochs`. */
export function hyperparameterKey(path: string, name: string): string {
  return `${path}/${name.replace('.', '/')}`;
}

/**
 * Defaults, overridden by each of `layers` in turn.
 *
 * @param layers values as text or number, with where they come from (for the message)
 * @throws PipelineError `InvalidRunInput` for an unknown name, a wrong kind or a value out of range
 */
export function resolveHyperparameters(
  layers: readonly { source: string; values: Readonly<Record<string, unknown>> }[],
): Hyperparameters {
  const resolved = Object.fromEntries(
    Object.entries(HYPERPARAMETERS).map(([name, { default: value }]) => [name, value]),
  ) as Hyperparameters;
  for (const { source, values } of layers) {
    for (const [name, value] of Object.entries(values)) {
      resolved[checkName(name, source)] = checkValue(name as HyperparameterName, value, source);
    }
  }
  return resolved;
}

/** The share of `prefix` (e.g. `training`), without the prefix and as text, as SageMaker wants them. */
export function hyperparametersFor(prefix: string, values: Hyperparameters): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => name.startsWith(`${prefix}.`))
      .map(([name, value]) => [name.slice(prefix.length + 1), String(value)]),
  );
}

function checkName(name: string, source: string): HyperparameterName {
  if (Object.hasOwn(HYPERPARAMETERS, name)) return name as HyperparameterName;
  throw new PipelineError(
    ErrorName.InvalidRunInput,
    `hyperparameter "${name}" (from ${source}) is unknown; known are ${Object.keys(HYPERPARAMETERS).join(', ')}`,
  );
}

function checkValue(name: HyperparameterName, value: unknown, source: string): number {
  const { kind, min, max }: HyperparameterDefinition = HYPERPARAMETERS[name];
  const text = typeof value === 'string' ? value.trim() : value;
  const parsed =
    typeof text === 'number' ? text : typeof text === 'string' && text !== '' ? Number(text) : NaN;
  const legal = Number.isFinite(parsed) && parsed >= min && parsed <= max;
  if (legal && (kind === 'number' || Number.isInteger(parsed))) return parsed;
  throw new PipelineError(
    ErrorName.InvalidRunInput,
    `hyperparameter "${name}" is ${JSON.stringify(value)} (from ${source}); allowed is ${
      kind === 'integer' ? 'an integer' : 'a number'
    } from ${min} to ${max}`,
  );
}

function integer(min: number, max: number, value: number, description: string): HyperparameterDefinition {
  return { kind: 'integer', min, max, default: value, description };
}

function number(min: number, max: number, value: number, description: string): HyperparameterDefinition {
  return { kind: 'number', min, max, default: value, description };
}
