import { environments, type PipelineConfig } from '../lib/config';
import { UsageError } from './errors';

/**
 * Returns the configuration of an environment, for commands that work before it is deployed.
 *
 * @throws UsageError if lib/config/ has no such environment
 */
export function configOf(environment: string): PipelineConfig {
  const found = environments.find((config) => config.environment === environment);
  if (found) return found;
  const names = environments.map((config) => config.environment).join(', ');
  throw new UsageError(
    `--environment is "${environment}"; allowed are ${names}; use one of them, or add the environment in lib/config/.`,
  );
}
