import path from 'node:path';
import type { CheckedModel } from '../../../cli/check/model';

export const ROOT = path.join(__dirname, '../../..');
const logged = (name: string) => ({ name, expression: `${name}=([-+0-9.eE]+);` });
const gate = { byData: null, confidence: 0.95, resamples: 2_000, trainingTolerance: 0.001 };
const data = { check: 'none', validationFraction: 0.2, testFraction: 0.2 };

function example(name: string, more: Omit<CheckedModel, 'programs' | 'hyperparameterValues'>): CheckedModel {
  const program = (step: string) => ({ folder: `examples/${name}/${step}`, context: 'examples' });
  return {
    programs: { preprocess: program('preprocess'), train: program('train'), serve: program('serve') },
    hyperparameterValues: {},
    ...more,
  };
}

const classes = {
  evaluation: {
    accuracy: { direction: 'higher', naive: true },
    logLoss: { direction: 'lower', naive: true },
  },
  headline: 'accuracy',
  agreement: [{ evaluation: 'accuracy', training: 'validation:accuracy', difference: 'absolute' }],
} as const;

/** The example models, as far as the check needs to know them. */
export const MODELS: Readonly<Record<string, CheckedModel>> = {
  images: example('images', {
    hyperparameters: { 'training.epochs': { kind: 'integer', default: 20, max: 1000 } },
    metrics: { training: ['train:loss', 'validation:accuracy'].map(logged), ...classes },
    gate: { ...gate, metrics: [{ name: 'accuracy' }] },
    data: { ...data, suffixes: ['.png'] },
    api: { accepts: [{ contentType: 'image/png' }], answerTolerance: 0.001 },
  }),
  text: example('text', {
    hyperparameters: { 'training.steps': { kind: 'integer', default: 300, max: 100_000 } },
    metrics: { training: ['validation:accuracy', 'validation:logLoss'].map(logged), ...classes },
    gate: { ...gate, metrics: [{ name: 'accuracy' }] },
    data: { ...data, suffixes: ['.jsonl'] },
    api: { accepts: [{ contentType: 'application/json' }], answerTolerance: 0.001 },
  }),
  'own-server': example('own-server', {
    hyperparameters: { 'training.rounds': { kind: 'integer', default: 200, max: 100_000 } },
    metrics: {
      training: ['validation:rmse', 'validation:mae'].map(logged),
      evaluation: { rmse: { direction: 'lower', naive: true }, mae: { direction: 'lower', naive: true } },
      headline: 'rmse',
      agreement: [{ evaluation: 'rmse', training: 'validation:rmse', difference: 'relative' }],
    },
    gate: { ...gate, metrics: [{ name: 'rmse' }] },
    data: { ...data, suffixes: ['.csv'] },
    api: { accepts: [{ contentType: 'application/json' }], answerTolerance: 0.001 },
  }),
};
