import { dev } from './dev';
import { local } from './local';
import { prod } from './prod';
import type { PipelineConfig } from './schema';
import { stage } from './stage';

export type { PipelineConfig, VariantConfig } from './schema';
export { gateSettings, parseGate } from './gate';
export { hasTriggers, NO_TRIGGERS } from './triggers';
export { validateConfig } from './validate';

/** Every environment, in the order of their names in `cdk ls`. */
export const environments: readonly PipelineConfig[] = [local, dev, stage, prod];

/** Returns the prefix of every name in an environment: `mlops-dev`. */
export function resourcePrefix({ name, environment }: PipelineConfig): string {
  return `${name}-${environment}`;
}
