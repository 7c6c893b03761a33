import type { ModelConfig } from '../../lib';

const program = (name: string) => ({ folder: `examples/images/${name}`, context: 'examples' });

/** PNG images of shapes; a small network in PyTorch. */
export const images: ModelConfig = {
  name: 'images',
  data: {
    prefix: 'images/',
    check: 'none',
    suffixes: ['.png'],
    schemaKey: null,
    maxShards: 2,
    keepSplitsDays: 30,
    validationFraction: 0.2,
    testFraction: 0.2,
    sample: { data: 'examples/images/data', schema: null },
  },
  programs: { preprocess: program('preprocess'), train: program('train'), serve: program('serve') },
  hyperparameters: {
    'training.epochs': {
      kind: 'integer',
      min: 1,
      max: 1000,
      default: 20,
      description: 'passes over the images',
    },
    'training.learning_rate': {
      kind: 'number',
      min: 0.000001,
      max: 1,
      default: 0.003,
      description: 'step size of Adam',
      tunable: true,
    },
    'training.batch_size': {
      kind: 'integer',
      min: 1,
      max: 1024,
      default: 32,
      description: 'images per step',
    },
    'training.channels': {
      kind: 'integer',
      min: 1,
      max: 256,
      default: 16,
      description: 'channels of the first convolution',
      tunable: true,
    },
    'training.seed': {
      kind: 'integer',
      min: 0,
      max: 2_147_483_648,
      default: 1,
      description: 'seed of random draws',
    },
  },
  metrics: {
    training: ['train:loss', 'validation:accuracy'].map((name) => ({
      name,
      expression: `${name}=([-+0-9.eE]+);`,
    })),
    evaluation: {
      accuracy: { direction: 'higher', naive: true, min: 0, max: 1 },
      logLoss: { direction: 'lower', naive: true, min: 0 },
    },
    headline: 'accuracy',
    agreement: [{ evaluation: 'accuracy', training: 'validation:accuracy', difference: 'absolute' }],
  },
  gate: {
    metrics: [{ name: 'accuracy', threshold: 0.8, tolerance: 0.05 }],
    byData: null,
    confidence: 0.95,
    resamples: 2_000,
    trainingTolerance: 0.001,
  },
  api: {
    accepts: [{ contentType: 'image/png', binary: true, schema: null }],
    returns: ['application/json'],
    answerTolerance: 0.001,
  },
};
