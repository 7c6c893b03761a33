import type { ModelConfig } from '../../lib';

const program = (name: string) => ({ folder: `examples/text/${name}`, context: 'examples' });

/** Short messages and the team that answers them; logistic regression on hashed words. */
export const text: ModelConfig = {
  name: 'text',
  data: {
    prefix: 'messages/',
    check: 'none',
    suffixes: ['.jsonl'],
    schemaKey: null,
    maxShards: 2,
    keepSplitsDays: 30,
    validationFraction: 0.2,
    testFraction: 0.2,
    sample: { data: 'examples/text/data', schema: null },
  },
  programs: { preprocess: program('preprocess'), train: program('train'), serve: program('serve') },
  hyperparameters: {
    'training.steps': {
      kind: 'integer',
      min: 1,
      max: 100_000,
      default: 300,
      description: 'steps of gradient descent',
    },
    'training.learning_rate': {
      kind: 'number',
      min: 0.000001,
      max: 100,
      default: 2,
      description: 'size of a step',
      tunable: true,
    },
    'training.weight_decay': {
      kind: 'number',
      min: 0,
      max: 1,
      default: 0.0001,
      description: 'pull of the weights towards 0',
      tunable: true,
    },
    'training.columns': {
      kind: 'integer',
      min: 16,
      max: 1_048_576,
      default: 1024,
      description: 'columns of hashed words',
    },
  },
  metrics: {
    training: ['validation:accuracy', 'validation:logLoss'].map((name) => ({
      name,
      expression: `${name}=([-+0-9.eE]+);`,
    })),
    evaluation: {
      accuracy: { direction: 'higher', naive: true, min: 0, max: 1 },
      logLoss: { direction: 'lower', naive: true, min: 0 },
    },
    headline: 'accuracy',
    agreement: [
      { evaluation: 'accuracy', training: 'validation:accuracy', difference: 'absolute' },
      { evaluation: 'logLoss', training: 'validation:logLoss', difference: 'relative' },
    ],
  },
  gate: {
    metrics: [{ name: 'accuracy', threshold: 0.85, tolerance: 0.03 }],
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
        schema: { type: 'string', minLength: 1, maxLength: 2_000 },
      },
    ],
    returns: ['application/json'],
    answerTolerance: 0.001,
  },
};
