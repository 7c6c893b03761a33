import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipelineId, type PipelineConfig } from '../../lib/config';
import { UsageError } from '../errors';
import { synthesise } from '../synthesis';

/** A resource of a template. */
export interface TemplateResource {
  readonly type: string;
  /** Values may be intrinsic functions. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * Returns the resources of all stacks of a pipeline.
 *
 * @param directory a cloud assembly, such as `cdk.out`; by default, the pipeline is synthesised
 * @throws UsageError if the directory has no such pipeline
 */
export async function pipelineResources(
  config: PipelineConfig,
  directory?: string,
): Promise<TemplateResource[]> {
  if (directory !== undefined) return readResources(pipelineId(config), directory);
  const folder = mkdtempSync(join(tmpdir(), 'mlops-cost-'));
  try {
    const { environment, model } = config;
    return readResources(
      pipelineId(config),
      await synthesise(folder, { environment, model, triggers: true }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readResources(pipeline: string, directory: string): TemplateResource[] {
  const name = `assembly-${pipeline}`;
  const folder = join(directory, name);
  if (!existsSync(folder)) {
    throw new UsageError(
      `--assembly is "${directory}"; it has no folder ${name}; name the output of cdk synth, or leave the option out.`,
    );
  }
  return readdirSync(folder)
    .filter((name) => name.endsWith('.template.json'))
    .flatMap((name) => {
      const template = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
        Resources?: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
      };
      return Object.values(template.Resources ?? {}).map(({ Type, Properties = {} }) => ({
        type: Type,
        properties: Properties,
      }));
    });
}
