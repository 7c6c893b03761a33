import { loadProject } from './load';
import { validateProject } from './project';
import type { PipelineConfig } from './schema';

/** Names a pipeline of the project: a place, and a model where the project has several. */
export interface PipelineChoice {
  readonly environment: string;
  /** Default: the only model of the project in this place, or its first one. */
  readonly model?: string;
}

/**
 * Returns a pipeline's configuration.
 *
 * @param configs all of the project
 * @throws Error that lists the pipelines, if there is no such pipeline
 */
export function choosePipeline(
  configs: readonly PipelineConfig[],
  { environment, model }: PipelineChoice,
): PipelineConfig {
  const found = configs.find(
    (config) => config.environment === environment && (model === undefined || config.model === model),
  );
  if (found) return found;
  const here = configs.filter((config) => config.environment === environment);
  if (here.length > 0) {
    throw new Error(
      `--model is "${model}"; the place "${environment}" has ${here.map((config) => config.model).join(', ')}; use one ` +
        'of them, or add the model in mlops.config.ts',
    );
  }
  const places = [...new Set(configs.map((config) => config.environment))];
  throw new Error(
    `--environment is "${environment}"; allowed are ${places.join(', ')}; use one of them, or add the place in mlops.config.ts`,
  );
}

/** Reads, validates and chooses. @param folder of the project; default: the working folder */
export async function loadPipeline(choice: PipelineChoice, folder?: string): Promise<PipelineConfig> {
  return choosePipeline(validateProject(await loadProject(folder)), choice);
}
