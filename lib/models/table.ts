// eslint-disable-next-line no-restricted-imports -- one list for both languages, in the folder of the program's image
import training from '../../containers/training/hyperparameters.json';
import { definitionsOf, type HyperparameterDefinitions } from '../contract/hyperparameters';
import type { TrainingMetric } from '../contract/metrics';
import type { ModelConfig } from '../config';
import { ofPackage } from '../config/package-root';
import { SERVING_METRICS, TABLE_GATE, TABLE_METRICS, TABLE_PREPROCESSING } from './table-parts';

/** AWS Deep Learning Containers for training: no credentials needed, patched until 2027-07-20. */
export const BASE_IMAGES = {
  cpu: 'public.ecr.aws/deep-learning-containers/pytorch:2.13-cpu-amzn2023-sagemaker',
  gpu: 'public.ecr.aws/deep-learning-containers/pytorch:2.13-cu133-amzn2023-sagemaker',
} as const;

/**
 * Lines read `train:loss=0.1234; validation:accuracy=0.9712;`. The expression does not match `nan`, so that a diverged
 * training has no metric rather than a wrong one.
 */
const logged = (name: string): TrainingMetric => ({ name, expression: `${name}=([-+0-9.eE]+);` });

/** A table with typed columns and one label, a class or a number; a network or boosted trees, served by ONNX Runtime. */
export const table: ModelConfig = {
  name: 'table',
  data: {
    prefix: 'data/',
    check: 'table',
    suffixes: null,
    schemaKey: 'schema/schema.json',
    maxShards: 4,
    keepSplitsDays: 30,
    validationFraction: 0.15,
    testFraction: 0.2,
    sample: {
      data: ofPackage('examples/breast-cancer/data'),
      schema: ofPackage('examples/breast-cancer/schema.json'),
    },
  },
  programs: {
    preprocess: { folder: ofPackage('containers/preprocessing'), context: ofPackage('containers') },
    train: {
      folder: ofPackage('containers/training'),
      context: ofPackage('containers'),
      baseImage: BASE_IMAGES,
    },
    serve: { folder: ofPackage('containers/inference'), context: ofPackage('containers') },
  },
  hyperparameters: {
    ...definitionsOf('training', training as HyperparameterDefinitions),
    ...definitionsOf('preprocessing', TABLE_PREPROCESSING),
  },
  metrics: {
    training: ['train:loss', 'validation:loss', 'validation:accuracy', 'validation:rmse'].map(logged),
    evaluation: { ...TABLE_METRICS, ...SERVING_METRICS },
    headline: null,
    agreement: [
      { evaluation: 'accuracy', training: 'validation:accuracy', difference: 'absolute' },
      { evaluation: 'rmse', training: 'validation:rmse', difference: 'relative' },
    ],
  },
  gate: {
    metrics: null,
    byData: TABLE_GATE,
    confidence: 0.95,
    resamples: 2_000,
    trainingTolerance: 0.001,
  },
  api: {
    accepts: [
      // The serving program has its own error message for every other form.
      { contentType: 'application/json', binary: false, schema: { type: ['object', 'array'] } },
      { contentType: 'text/csv', binary: false, schema: null },
    ],
    returns: ['application/json'],
    answerTolerance: 0.001,
  },
};
