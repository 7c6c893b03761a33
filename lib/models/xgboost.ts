import { definitionsOf, type HyperparameterDefinitions } from '../contract/hyperparameters';
import type { TrainingMetric } from '../contract/metrics';
import type { ModelConfig } from '../config';
import { ofPackage } from '../config/package-root';
import { TABLE_GATE, TABLE_METRICS, TABLE_PREPROCESSING } from './table-parts';

/** What the label is: a number, one of two classes, or one of several. */
export type XGBoostTask = 'regression' | 'binary' | { readonly classes: number };

export interface XGBoostOptions {
  /** Name of the model. Default: `xgboost`. */
  readonly name?: string;
  /** Version of SageMaker's built-in XGBoost. Default: `3.0-5`. */
  readonly version?: string;
  readonly task: XGBoostTask;
  /** Values of hyperparameters in place of their defaults, e.g. `{ 'training.num_round': 300 }`. */
  readonly hyperparameterValues?: ModelConfig['hyperparameterValues'];
  /** Further hyperparameters of the algorithm, by its own names without `training.`. */
  readonly hyperparameters?: HyperparameterDefinitions;
  /** Data that `npm start` uploads without `--data`. Default: none. */
  readonly sample?: ModelConfig['data']['sample'];
}

/** Objective and metric on the validation rows. */
const OBJECTIVES = {
  regression: ['reg:squarederror', 'rmse'],
  binary: ['binary:logistic', 'logloss'],
  multiclass: ['multi:softprob', 'mlogloss'],
} as const;

const share = { min: 0, max: 1 } as const;

/**
 * A selection, with the algorithm's own names, limits and defaults (Developer Guide, "XGBoost hyperparameters"). It
 * refuses names that it does not know.
 */
const TRAINING: HyperparameterDefinitions = {
  num_round: { kind: 'integer', min: 1, max: 10_000, default: 100, description: 'trees', tunable: true },
  eta: {
    ...{ kind: 'number', ...share, default: 0.3, tunable: true },
    description: 'step size: the share of a new tree’s answer that is added',
  },
  max_depth: {
    ...{ kind: 'integer', min: 0, max: 50, default: 6, tunable: true },
    description: 'depth of a tree; 0 is no limit',
  },
  min_child_weight: {
    ...{ kind: 'number', min: 0, max: 1e6, default: 1, tunable: true },
    description: 'least weight of the rows in a leaf',
  },
  gamma: {
    ...{ kind: 'number', min: 0, max: 1e6, default: 0, tunable: true },
    description: 'least gain of a split',
  },
  lambda: {
    ...{ kind: 'number', min: 0, max: 1e6, default: 1, tunable: true },
    description: 'L2 regularization of the leaves',
  },
  alpha: {
    ...{ kind: 'number', min: 0, max: 1e6, default: 0, tunable: true },
    description: 'L1 regularization of the leaves',
  },
  // The algorithm excludes 0.
  subsample: {
    ...{ kind: 'number', min: 0.001, max: 1, default: 1, tunable: true },
    description: 'share of the rows that a tree grows on',
  },
  colsample_bytree: {
    ...{ kind: 'number', min: 0.001, max: 1, default: 1, tunable: true },
    description: 'share of the features that a tree grows on',
  },
  seed: {
    kind: 'integer',
    min: 0,
    max: 2_147_483_646,
    default: 0,
    description: 'seed of the random numbers',
  },
};

/**
 * A table of numbers with one label, a number or a class, on SageMaker's built-in XGBoost: no image is built for
 * training and serving. Rows are predicted as `text/csv` without a header, in the order of the schema's features;
 * answers are a number a line, of several classes a line of probabilities in the order of the schema's classes.
 */
export function xgboost(options: XGBoostOptions): ModelConfig {
  const { name = 'xgboost', version = '3.0-5', task, sample = null } = options;
  const [objective, metric] = OBJECTIVES[typeof task === 'string' ? task : 'multiclass'];
  const algorithm = { builtIn: 'xgboost', version } as const;
  const training: HyperparameterDefinitions = {
    ...TRAINING,
    objective: { kind: 'text', default: objective, description: 'objective' },
    eval_metric: { kind: 'text', default: metric, description: 'metrics on the validation rows' },
    ...(typeof task === 'object' && {
      num_class: {
        ...{ kind: 'integer', min: 2, max: task.classes, default: task.classes },
        description: 'number of classes',
      },
    }),
    ...options.hyperparameters,
  };
  return {
    name,
    data: {
      prefix: 'data/',
      check: 'table',
      suffixes: null,
      schemaKey: 'schema/schema.json',
      maxShards: 4,
      keepSplitsDays: 30,
      validationFraction: 0.15,
      testFraction: 0.2,
      sample,
    },
    programs: {
      preprocess: { folder: ofPackage('containers/preprocessing'), context: ofPackage('containers') },
      train: algorithm,
      serve: algorithm,
      evaluate: { folder: ofPackage('containers/inference'), context: ofPackage('containers') },
    },
    splits: { header: false, label: 'first', contentType: 'text/csv' },
    hyperparameters: {
      ...definitionsOf('training', training),
      ...definitionsOf('preprocessing', TABLE_PREPROCESSING),
    },
    ...(options.hyperparameterValues && { hyperparameterValues: options.hyperparameterValues }),
    metrics: {
      training: ['train', 'validation'].map((split) => logged(split, metric)),
      evaluation: TABLE_METRICS,
      headline: null,
      // Whether SageMaker takes the metrics of its own algorithm out of the log of an image that is named by its digest
      // is not documented, and without the metric a comparison ends the run.
      agreement: null,
    },
    gate: { metrics: null, byData: TABLE_GATE, confidence: 0.95, resamples: 2_000, trainingTolerance: 0.001 },
    // Transform jobs do not run on the small types of processing jobs.
    evaluation: { instanceType: 'ml.m5.large' },
    api: {
      accepts: [{ contentType: 'text/csv', binary: false, schema: null }],
      returns: ['text/csv'],
      answerTolerance: 0.001,
    },
  };
}

/** Lines read `[99]<tab>train-rmse:0.1234<tab>validation-rmse:0.2345`. */
function logged(split: string, metric: string): TrainingMetric {
  return { name: `${split}:${metric}`, expression: `\\[[0-9]+\\].*${split}-${metric}:([-+0-9.eE]+)` };
}
