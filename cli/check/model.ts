import type { PipelineConfig } from '../../lib/config';

/** What the check needs to know of a model. */
export type CheckedModel = Pick<
  PipelineConfig,
  'programs' | 'hyperparameters' | 'hyperparameterValues' | 'metrics' | 'gate' | 'data' | 'api'
>;

/** The data that the programs are checked with. */
export interface Fixture {
  /** File or folder. */
  readonly data: string;
  /** Schema of a table; null for other data. */
  readonly schema: string | null;
}

/** Returns a model's hyperparameters of training as SageMaker gives them: names without the prefix, all strings. */
export function trainingHyperparameters(
  { hyperparameters, hyperparameterValues }: CheckedModel,
  set: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const defaults: Record<string, number | string> = Object.fromEntries(
    Object.entries(hyperparameters).map(([name, { default: value }]) => [name, value]),
  );
  const values = { ...defaults, ...hyperparameterValues, ...set };
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => name.startsWith('training.'))
      .map(([name, value]) => [name.slice('training.'.length), String(value)]),
  );
}
