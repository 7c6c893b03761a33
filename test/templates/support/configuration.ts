import type { PipelineConfig } from '../../../lib/config';
import { dev } from './synthesis';

/** `dev` with the field at a path such as `endpoint.serving.variants.0.weight` set; undefined takes it away. */
export function withField(path: string, value: unknown): PipelineConfig {
  const config = structuredClone(dev) as object;
  const names = path.split('.');
  const last = names.pop()!;
  const owner = names.reduce((object, name) => (object as Record<string, object>)[name]!, config);
  (owner as Record<string, unknown>)[last] = value;
  return config as PipelineConfig;
}
