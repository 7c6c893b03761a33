import { environments, type PipelineConfig } from '../lib/config';
import { UsageError } from './errors';

/**
 * The configuration of an environment, for what is asked before it is deployed.
 *
 * @throws UsageError where lib/config/ has no such environment
 */
export function configOf(environment: string): PipelineConfig {
  const found = environments.find((config) => config.environment === environment);
  if (found) return found;
  const names = environments.map((config) => config.environment).join(', ');
  throw new UsageError(
    `--environment is "${environment}"; lib/config/ has ${names}: use one of them, or add it there.`,
  );
}
