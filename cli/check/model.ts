import type { Direction } from '../../lib/contract/metrics';

/** What the check needs to know of a model; a pipeline's configuration has it. */
export interface CheckedModel {
  readonly programs: Readonly<
    Record<'preprocess' | 'train' | 'serve', ProgramFolder | { readonly image: string }>
  >;
  /** Definitions by name, e.g. `training.epochs`. */
  readonly hyperparameters: Readonly<
    Record<string, { readonly kind: string; readonly default: number | string; readonly max?: number }>
  >;
  readonly hyperparameterValues: Readonly<Record<string, number | string>>;
  readonly metrics: {
    readonly training: readonly { readonly name: string; readonly expression: string }[];
    readonly evaluation: Readonly<
      Record<string, { readonly direction: Direction; readonly naive: boolean; readonly onRequest?: boolean }>
    >;
    readonly headline: string | null;
    readonly agreement:
      | readonly {
          readonly evaluation: string;
          readonly training: string;
          readonly difference: 'absolute' | 'relative';
        }[]
      | null;
  };
  readonly gate: {
    readonly metrics: readonly { readonly name: string }[] | null;
    readonly byData: unknown;
    readonly confidence: number;
    readonly resamples: number;
    readonly trainingTolerance: number;
  };
  readonly data: {
    readonly check: string;
    readonly suffixes: '*' | readonly string[] | null;
    readonly validationFraction: number;
    readonly testFraction: number;
  };
  readonly api: {
    readonly accepts: readonly { readonly contentType: string }[];
    readonly answerTolerance: number;
  };
}

export interface ProgramFolder {
  readonly folder: string;
  readonly context?: string;
  readonly baseImage?: string | { readonly cpu: string; readonly gpu: string };
}

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
