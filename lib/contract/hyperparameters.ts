// eslint-disable-next-line no-restricted-imports -- one list for both languages, in the folder of the program's image
import training from '../../containers/training/hyperparameters.json';
import { ErrorName, PipelineError } from './errors';

/** A number: its kind, inclusive limits, and default. */
interface NumberDefinition {
  readonly kind: 'integer' | 'number';
  readonly min: number;
  readonly max: number;
  readonly default: number;
  readonly description: string;
}

/** A choice of words. */
interface ChoiceDefinition {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  readonly default: string;
  readonly description: string;
}

export type HyperparameterDefinition = NumberDefinition | ChoiceDefinition;

const preprocessing = {
  max_bad_row_fraction: {
    kind: 'number',
    min: 0,
    max: 1,
    default: 0,
    description: 'share of rows that may be set aside before a run fails',
  },
};

type Training = typeof training;
type Preprocessing = typeof preprocessing;
type Values<Prefix extends string, Definitions> = {
  [Name in keyof Definitions & string as `${Prefix}.${Name}`]: Definitions[Name] extends { choices: unknown }
    ? string
    : number;
};

/** The value of every hyperparameter, by its name in SSM, in `--set` and in a run's input. */
export type Hyperparameters = Values<'training', Training> & Values<'preprocessing', Preprocessing>;
export type HyperparameterName = keyof Hyperparameters;

/** All hyperparameters; the first word of a name is its program. */
export const HYPERPARAMETERS = Object.fromEntries(
  Object.entries({ training, preprocessing }).flatMap(([program, definitions]) =>
    Object.entries(definitions).map(([name, definition]) => [`${program}.${name}`, definition]),
  ),
) as Readonly<Record<HyperparameterName, HyperparameterDefinition>>;

/** Returns the SSM path of an environment's hyperparameters, e.g. `/mlops/dev/hyperparameters`. */
export function hyperparameterPath(name: string, environment: string): string {
  return `/${name}/${environment}/hyperparameters`;
}

/** Returns the SSM name of a hyperparameter: `training.epochs` is `<path>/training/epochs`. */
export function hyperparameterKey(path: string, name: string): string {
  return `${path}/${name.replace('.', '/')}`;
}

/**
 * Returns the defaults, overridden by each of `layers` in turn.
 *
 * @param layers values as text or number, with their source (for the message)
 * @throws PipelineError `InvalidRunInput` for an unknown name, a wrong kind or a value out of range
 */
export function resolveHyperparameters(
  layers: readonly { source: string; values: Readonly<Record<string, unknown>> }[],
): Hyperparameters {
  const resolved: Record<string, number | string> = Object.fromEntries(
    Object.entries(HYPERPARAMETERS).map(([name, { default: value }]) => [name, value]),
  );
  for (const { source, values } of layers) {
    for (const [name, value] of Object.entries(values)) {
      resolved[name] = checkValue(checkName(name, source), value, source);
    }
  }
  return resolved as Hyperparameters;
}

/**
 * Returns the hyperparameters of `prefix` (e.g. `training`), without the prefix and as text, as SageMaker takes them.
 */
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

function checkValue(name: HyperparameterName, value: unknown, source: string): number | string {
  const definition = HYPERPARAMETERS[name];
  const text = typeof value === 'string' ? value.trim() : value;
  const parsed = definition.kind === 'choice' ? choice(text, definition) : numeric(text, definition);
  if (parsed !== undefined) return parsed;
  throw new PipelineError(
    ErrorName.InvalidRunInput,
    `hyperparameter "${name}" is ${JSON.stringify(value)} (from ${source}); must be ${allowed(definition)}`,
  );
}

function choice(value: unknown, { choices }: ChoiceDefinition): string | undefined {
  return choices.find((one) => one === value);
}

function numeric(value: unknown, { kind, min, max }: NumberDefinition): number | undefined {
  const parsed =
    typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : NaN;
  const legal = Number.isFinite(parsed) && parsed >= min && parsed <= max;
  return legal && (kind === 'number' || Number.isInteger(parsed)) ? parsed : undefined;
}

function allowed(definition: HyperparameterDefinition): string {
  if (definition.kind === 'choice') return definition.choices.join(' or ');
  return `${definition.kind === 'integer' ? 'an integer' : 'a number'} from ${definition.min} to ${definition.max}`;
}
