import type { PipelineConfig } from '../lib/config';
import { loadPipeline, type PipelineChoice } from '../lib/config/find';
import { UsageError } from './errors';

/**
 * Returns the configuration of a pipeline of the project in the working folder.
 *
 * @throws UsageError if there is no such pipeline, or the configuration is not valid
 */
export async function configOf(choice: PipelineChoice): Promise<PipelineConfig> {
  try {
    return await loadPipeline(choice);
  } catch (error) {
    throw new UsageError(`${(error as Error).message.replace(/\.$/, '')}.`);
  }
}
