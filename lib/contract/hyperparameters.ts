import { decimal } from './decimal';
import { ErrorName, PipelineError } from './errors';
import { cut, shown } from './shown';

interface Described {
  /** One phrase, for people. */
  readonly description: string;
  /** E.g. `seconds`; absent where it has none. */
  readonly unit?: string;
  /** True if a tuning job may vary it. Default: false. */
  readonly tunable?: boolean;
}

/** SageMaker's limits of a hyperparameter's specification, in characters ("HyperParameterSpecification", API reference). */
export const SPECIFICATION_LIMITS = { name: 256, description: 1_024, value: 256 } as const;

/** A number: its kind, inclusive limits, and default. */
export interface NumberDefinition extends Described {
  readonly kind: 'integer' | 'number';
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

/** A choice of words. */
export interface ChoiceDefinition extends Described {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  readonly default: string;
}

/** Any text, of at most 2,500 characters (SageMaker's limit). */
export interface TextDefinition extends Described {
  readonly kind: 'text';
  readonly default: string;
}

export type HyperparameterDefinition = NumberDefinition | ChoiceDefinition | TextDefinition;

/** Definitions by name; the first word of a name is its program: `training.epochs`. */
export type HyperparameterDefinitions = Readonly<Record<string, HyperparameterDefinition>>;

/** The value of every hyperparameter, by its name in SSM, in `--set` and in a run's input. */
export type Hyperparameters = Readonly<Record<string, number | string>>;

/** Returns definitions with their program's word before each name. */
export function definitionsOf(
  program: string,
  definitions: HyperparameterDefinitions,
): HyperparameterDefinitions {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => [`${program}.${name}`, definition]),
  );
}

/** Returns the SSM path of a pipeline's hyperparameters, e.g. `/mlops/table/dev/hyperparameters`. */
export function hyperparameterPath({ name, model, environment }: PipelineName): string {
  return `/${name}/${model}/${environment}/hyperparameters`;
}

/** The three words of a pipeline's names. */
export interface PipelineName {
  readonly name: string;
  readonly model: string;
  readonly environment: string;
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
  definitions: HyperparameterDefinitions,
  layers: readonly { source: string; values: Readonly<Record<string, unknown>> }[],
): Hyperparameters {
  const resolved: Record<string, number | string> = Object.fromEntries(
    Object.entries(definitions).map(([name, { default: value }]) => [name, value]),
  );
  for (const { source, values } of layers) {
    for (const [name, value] of Object.entries(values)) {
      if (!Object.hasOwn(definitions, name)) throw unknown(name, source, definitions);
      resolved[name] = checkValue(name, definitions[name]!, value, source);
    }
  }
  return resolved;
}

/**
 * Returns the hyperparameters of `program` (e.g. `training`), without the prefix and as text, as SageMaker takes them.
 */
export function hyperparametersFor(program: string, values: Hyperparameters): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => name.startsWith(`${program}.`))
      .map(([name, value]) => [name.slice(program.length + 1), String(value)]),
  );
}

function unknown(name: string, source: string, definitions: HyperparameterDefinitions): PipelineError {
  return new PipelineError(
    ErrorName.InvalidRunInput,
    `hyperparameter "${cut(name)}" (from ${source}) is unknown; known are ${Object.keys(definitions).join(', ') || 'none'}`,
  );
}

function checkValue(
  name: string,
  definition: HyperparameterDefinition,
  value: unknown,
  source: string,
): number | string {
  const parsed = parse(definition, typeof value === 'string' ? value.trim() : value);
  if (parsed !== undefined) return parsed;
  throw new PipelineError(
    ErrorName.InvalidRunInput,
    `hyperparameter "${name}" is ${shown(value)} (from ${source}); must be ${allowed(definition)}`,
  );
}

/** SageMaker's limit for a value, characters. */
const MAX_TEXT = 2_500;

function parse(definition: HyperparameterDefinition, value: unknown): number | string | undefined {
  switch (definition.kind) {
    case 'choice':
      return definition.choices.find((one) => one === value);
    case 'text':
      return typeof value === 'string' && value.length <= MAX_TEXT ? value : undefined;
    default:
      return numeric(value, definition);
  }
}

function numeric(value: unknown, { kind, min, max }: NumberDefinition): number | undefined {
  const parsed = typeof value === 'number' ? value : typeof value === 'string' ? decimal(value) : NaN;
  const legal = Number.isFinite(parsed) && parsed >= min && parsed <= max;
  return legal && (kind === 'number' || Number.isInteger(parsed)) ? parsed : undefined;
}

function allowed(definition: HyperparameterDefinition): string {
  switch (definition.kind) {
    case 'choice':
      return definition.choices.join(' or ');
    case 'text':
      return `text of at most ${MAX_TEXT} characters`;
    default:
      return `${definition.kind === 'integer' ? 'an integer' : 'a number'} from ${definition.min} to ${definition.max}`;
  }
}
