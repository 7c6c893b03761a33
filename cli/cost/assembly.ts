import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capitalise } from '../../lib/text';
import { UsageError } from '../errors';
import { synthesise } from '../synthesis';

/** A resource of a template. */
export interface TemplateResource {
  readonly type: string;
  /** Values may be intrinsic functions. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * Returns the resources of all stacks of an environment.
 *
 * @param directory a cloud assembly, such as `cdk.out`; by default, the environment is synthesised
 * @throws UsageError if the directory has no such environment
 */
export async function environmentResources(
  environment: string,
  directory?: string,
): Promise<TemplateResource[]> {
  if (directory !== undefined) return readResources(environment, directory);
  const folder = mkdtempSync(join(tmpdir(), 'mlops-cost-'));
  try {
    return readResources(environment, await synthesise(folder, { environment, triggers: true }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readResources(environment: string, directory: string): TemplateResource[] {
  const folder = join(directory, `assembly-${capitalise(environment)}`);
  if (!existsSync(folder)) {
    throw new UsageError(
      `--assembly is "${directory}"; it has no folder assembly-${capitalise(environment)}; name the output of cdk synth, or leave the option out.`,
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
