import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import type { PipelineConfig } from '../../lib/config';
import { loadProject } from '../../lib/config/load';
import { validateProject } from '../../lib/config/project';
import { UsageError } from '../errors';
import type { Fixture } from './model';

/**
 * Returns the configuration of the model one of whose programs is in a folder, or has it in its folder.
 *
 * @param model name of the model, where several have programs there
 * @throws UsageError if there is no such model, or more than one
 */
export async function findModel(folder: string, model: string | undefined): Promise<PipelineConfig> {
  if (!existsSync(folder)) throw new UsageError(`FOLDER is "${folder}", which does not exist.`);
  const configs = await validProject();
  const first = new Map(
    configs.map((config) => [config.model, configs.find((it) => it.model === config.model)!]),
  );
  const here = [...first.values()].filter((config) =>
    foldersOf(config).some((program) => touches(folder, program)),
  );
  const chosen = here.filter((config) => model === undefined || config.model === model);
  if (chosen.length === 1) return chosen[0]!;
  const known = [...first.values()].flatMap((config) =>
    foldersOf(config).map((name) => `${name} (${config.model})`),
  );
  if (here.length === 0) {
    throw new UsageError(
      `FOLDER is "${folder}"; no model of mlops.config.ts has a program there; programs are in ${known.join(', ')}.`,
    );
  }
  throw new UsageError(
    `FOLDER is "${folder}", with programs of ${here.map((config) => config.model).join(', ')}` +
      `${model === undefined ? '' : ` and not of "${model}"`}; name one of them with --model.`,
  );
}

async function validProject(): Promise<readonly PipelineConfig[]> {
  try {
    return validateProject(await loadProject());
  } catch (error) {
    throw new UsageError(`${(error as Error).message.replace(/\.$/, '')}.`);
  }
}

function foldersOf({ programs }: PipelineConfig): string[] {
  return Object.values(programs).flatMap((program) => ('folder' in program ? [program.folder] : []));
}

/** Returns true if one of two folders contains the other, or they are the same. */
function touches(one: string, other: string): boolean {
  const inside = (inner: string, outer: string) => {
    const between = relative(resolve(outer), resolve(inner));
    return !between.startsWith('..') && !isAbsolute(between);
  };
  return inside(one, other) || inside(other, one);
}

/** Returns the data to check with. @throws UsageError if there is none, or it does not exist */
export function chooseFixture(
  { model, data }: PipelineConfig,
  given: { readonly data?: string; readonly schema?: string },
): Fixture {
  const path = given.data ?? data.sample?.data;
  if (path === undefined) {
    throw new UsageError(`--data is missing; model "${model}" has no data.sample; give a file or a folder.`);
  }
  // A schema of other data would refuse them.
  const schema = given.schema ?? (given.data === undefined ? (data.sample?.schema ?? null) : null);
  if (data.check === 'table' && schema === null) {
    throw new UsageError('--schema is missing; --data is a table; write a schema with mlops schema.');
  }
  for (const [name, file] of [
    ['--data', path],
    ['--schema', schema],
  ] as const) {
    if (file !== null && !existsSync(file))
      throw new UsageError(`${name} is "${file}", which does not exist.`);
  }
  return { data: path, schema };
}

/** Returns the project's own Node, which programs in JavaScript may need, or else the one that runs this. */
export function findNode(): string {
  const own = resolve('node_modules/.bin/node');
  return existsSync(own) ? own : process.execPath;
}

/** Returns the first interpreter that starts. @throws UsageError without one */
export function findPython(given: string | undefined): string {
  const candidates =
    given === undefined ? [process.env.PYTHON, '.venv/bin/python', '/usr/bin/python3', 'python3'] : [given];
  const found = candidates.find(
    (python) => python !== undefined && spawnSync(python, ['--version'], { stdio: 'ignore' }).status === 0,
  );
  if (found === undefined) {
    throw new UsageError(
      `--python is "${given ?? ''}"; no Python interpreter starts; give the path of one that has the programs' modules.`,
    );
  }
  return found.includes('/') ? resolve(found) : found;
}
