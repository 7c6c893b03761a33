import { text } from '../../examples/text/model';
import { local as localPlace, type ModelConfig } from '../../lib';
import { pipelineConfig, type PipelineConfig } from '../../lib/config';

const program = { folder: 'test/faults/program' };

/** The model of `program.ts`: a run takes as little time as the framework and the local cloud allow. */
const model: ModelConfig = {
  ...text,
  name: 'table',
  data: { ...text.data, prefix: 'data/', suffixes: ['.txt'], maxShards: 1, sample: null },
  programs: { preprocess: program, train: program, serve: program },
  hyperparameters: {},
  metrics: {
    training: [{ name: 'validation:score', expression: 'validation:score=([-+0-9.eE]+);' }],
    evaluation: { score: { direction: 'higher', naive: true, min: 0, max: 1 } },
    headline: 'score',
    agreement: [{ evaluation: 'score', training: 'validation:score', difference: 'absolute' }],
  },
  gate: { ...text.gate, metrics: [{ name: 'score', threshold: 0.85, tolerance: 0.03 }] },
  api: {
    ...text.api,
    accepts: [{ contentType: 'application/json', binary: false, schema: { type: 'integer' } }],
  },
};

/** `local` with that model. */
export const cheap: PipelineConfig = pipelineConfig('mlops', model, localPlace);
