import type { ModelConfig } from '../../lib';

const program = (name: string) => ({ folder: `examples/own-server/${name}`, context: 'examples' });

/** Minutes of a courier's trip; XGBoost behind a Python server of its own. */
export const trips: ModelConfig = {
  name: 'trips',
  data: {
    prefix: 'trips/',
    check: 'csvHeader',
    suffixes: null,
    schemaKey: null,
    maxShards: 2,
    keepSplitsDays: 30,
    validationFraction: 0.2,
    testFraction: 0.2,
    sample: { data: 'examples/own-server/data', schema: null },
  },
  programs: { preprocess: program('preprocess'), train: program('train'), serve: program('serve') },
  hyperparameters: {
    'training.rounds': {
      kind: 'integer',
      min: 1,
      max: 100_000,
      default: 200,
      description: 'number of trees',
    },
    'training.learning_rate': {
      kind: 'number',
      min: 0.0001,
      max: 1,
      default: 0.1,
      description: 'weight of each tree',
      tunable: true,
    },
    'training.max_depth': {
      kind: 'integer',
      min: 1,
      max: 12,
      default: 4,
      description: 'depth of a tree',
      tunable: true,
    },
    'training.min_child_weight': {
      kind: 'number',
      min: 0,
      max: 1000,
      default: 3,
      description: 'least rows of a leaf',
      tunable: true,
    },
  },
  metrics: {
    training: ['validation:rmse', 'validation:mae'].map((name) => ({
      name,
      expression: `${name}=([-+0-9.eE]+);`,
    })),
    evaluation: {
      rmse: { direction: 'lower', unit: 'min', naive: true, min: 0 },
      mae: { direction: 'lower', unit: 'min', naive: true, min: 0 },
    },
    headline: 'rmse',
    agreement: [
      { evaluation: 'rmse', training: 'validation:rmse', difference: 'relative' },
      { evaluation: 'mae', training: 'validation:mae', difference: 'relative' },
    ],
  },
  gate: {
    metrics: [
      { name: 'rmse', threshold: 4, tolerance: 0.3 },
      { name: 'mae', threshold: null, tolerance: 0.2 },
    ],
    byData: null,
    confidence: 0.95,
    resamples: 2_000,
    trainingTolerance: 0.001,
  },
  api: {
    accepts: [
      {
        contentType: 'application/json',
        binary: false,
        schema: {
          type: 'object',
          required: ['rows'],
          properties: { rows: { type: 'array', minItems: 1, maxItems: 1_000, items: { type: 'object' } } },
        },
      },
    ],
    returns: ['application/json'],
    answerTolerance: 0.001,
  },
};
