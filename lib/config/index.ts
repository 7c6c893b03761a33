import type { ModelFacts } from '../contract/model';
import type { PipelineConfig } from './schema';

export type { ModelConfig, PipelineConfig, PlaceConfig, ProgramConfig, VariantConfig } from './schema';
export type { DeliveryConfig } from './delivery';
export type { Project } from './project';
export { gateSettings, parseGate } from './gate';
export { pipelineConfig } from './pipeline';
export { pipelinesOf, validateProject } from './project';
export { hasTriggers, NO_TRIGGERS } from './triggers';
export { validateConfig } from './validate';

/** Returns the prefix of every name in a pipeline: `mlops-table-dev`. */
export function resourcePrefix({ name, model, environment }: PipelineConfig): string {
  return `${name}-${model}-${environment}`;
}

/** Returns a pipeline's name in its app, the id of its stage: `table-dev`. */
export function pipelineId({ model, environment }: Pick<PipelineConfig, 'model' | 'environment'>): string {
  return `${model}-${environment}`;
}

/** Returns true if the pipeline's data has a schema: only a table has one. */
export function hasSchema({ data }: Pick<PipelineConfig, 'data'>): boolean {
  return data.check === 'table';
}

/** Returns the facts of the model that its functions need. */
export function modelFacts({
  model,
  data,
  splits,
  hyperparameters,
  metrics,
  api,
}: PipelineConfig): ModelFacts {
  const { check, suffixes } = data;
  const { accepts, returns, answerTolerance } = api;
  return {
    name: model,
    data: { check, suffixes },
    ...(splits && { splits }),
    hyperparameters,
    metrics,
    api: { accepts, returns, answerTolerance },
  };
}
