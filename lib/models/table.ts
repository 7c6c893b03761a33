// eslint-disable-next-line no-restricted-imports -- one list for both languages, in the folder of the program's image
import training from '../../containers/training/hyperparameters.json';
import { definitionsOf, type HyperparameterDefinitions } from '../contract/hyperparameters';
import type { EvaluationMetric, TrainingMetric } from '../contract/metrics';
import type { ModelConfig } from '../config';
import { ofPackage } from '../config/package-root';

/** AWS Deep Learning Containers for training: no credentials needed, patched until 2027-07-20. */
export const BASE_IMAGES = {
  cpu: 'public.ecr.aws/deep-learning-containers/pytorch:2.13-cpu-amzn2023-sagemaker',
  gpu: 'public.ecr.aws/deep-learning-containers/pytorch:2.13-cu133-amzn2023-sagemaker',
} as const;

const preprocessing: HyperparameterDefinitions = {
  max_bad_row_fraction: {
    kind: 'number',
    min: 0,
    max: 1,
    default: 0,
    description: 'share of rows that may be set aside before a run fails',
  },
};

const share: EvaluationMetric = { direction: 'higher', naive: true, min: 0, max: 1 };
const loss: EvaluationMetric = { direction: 'lower', naive: true, min: 0 };
/** The naive answer has 0 or 1 for them, which is not a comparison. */
const ofClass: EvaluationMetric = { direction: 'higher', naive: false, perClass: true, min: 0, max: 1 };

/** Metrics of classes and of numbers; `f1`, `auc` and `averagePrecision` of several classes are macro means. */
const evaluation: Readonly<Record<string, EvaluationMetric>> = {
  accuracy: share,
  balancedAccuracy: share,
  f1: share,
  auc: share,
  averagePrecision: share,
  logLoss: loss,
  brier: loss,
  rmse: loss,
  mae: loss,
  r2: { direction: 'higher', naive: true, max: 1 },
  mape: loss,
  recall: ofClass,
  precision: ofClass,
  /** 99th percentile of the serving program's latency, one row per request. */
  latencyP99Ms: { direction: 'lower', unit: 'ms', naive: false, onRequest: true, min: 0 },
  /** Peak memory of one serving process. */
  memoryMb: { direction: 'lower', unit: 'MiB', naive: false, onRequest: true, min: 0 },
};

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
    ...definitionsOf('preprocessing', preprocessing),
  },
  metrics: {
    training: ['train:loss', 'validation:loss', 'validation:accuracy', 'validation:rmse'].map(logged),
    evaluation,
    headline: null,
    agreement: [
      { evaluation: 'accuracy', training: 'validation:accuracy', difference: 'absolute' },
      { evaluation: 'rmse', training: 'validation:rmse', difference: 'relative' },
    ],
  },
  gate: {
    metrics: null,
    byData: {
      classes: { name: 'accuracy', threshold: 0.85, tolerance: 0.03 },
      // No threshold suits every table with a rare class, or every numeric label.
      rareClasses: { name: 'averagePrecision', threshold: null, tolerance: 0.05 },
      numbers: { name: 'r2', threshold: null, tolerance: 0.03 },
    },
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
