import { local as localPlace, xgboost } from '../../lib';
import { pipelineConfig, type ModelConfig, type PipelineConfig } from '../../lib/config';

const program = { folder: 'test/support/stand-in' };
const model = xgboost({ name: 'table', task: 'binary' });

/** Built-in XGBoost, with a program that stands in for it: the process engine runs it too. */
const standInModel: ModelConfig = {
  ...model,
  programs: { ...model.programs, train: program, serve: program },
  hyperparameterValues: { 'training.eta': 1, 'training.num_round': 200 },
  data: { ...model.data, sample: null },
  metrics: {
    ...model.metrics,
    training: [
      { name: 'validation:accuracy', expression: '\\[[0-9]+\\].*validation-accuracy:([-+0-9.eE]+)' },
    ],
    agreement: [{ evaluation: 'accuracy', training: 'validation:accuracy', difference: 'absolute' }],
  },
};

export const standIn: PipelineConfig = pipelineConfig('mlops', standInModel, localPlace);
