import * as z from 'zod';
import { shown } from '../contract/shown';
import { validateDelivery, type DeliveryConfig } from './delivery';
import { faultsOf } from './issues';
import { pipelineConfig } from './pipeline';
import {
  appName,
  ModelSchema,
  PlaceSchema,
  type ModelConfig,
  type PipelineConfig,
  type PlaceConfig,
} from './schema';
import { validateConfig } from './validate';

/** What a repository deploys, the default export of `mlops.config.ts`. */
export interface Project {
  /** Name of the app, the first word of all its names: at most 12 lower-case letters, digits and hyphens. */
  readonly name: string;
  /** The pipelines, each a model in a place; `npm start` runs the first one in the place `local`. */
  readonly pipelines: readonly { readonly model: ModelConfig; readonly places: readonly PlaceConfig[] }[];
  /** Path from a commit to production; left out: none. */
  readonly delivery?: DeliveryConfig;
}

/** What the checks of a project's parts rely on. */
const ProjectShape = z.looseObject({
  pipelines: z.array(z.looseObject({ model: z.looseObject({}), places: z.array(z.looseObject({})) })),
});

/** Longest prefix of a pipeline's names, in characters: job names need room for the run and the job. */
const MAX_PREFIX = 30;

/** Returns the configurations of a project's pipelines, not validated, in the order of the project. */
export function pipelinesOf({ name, pipelines }: Project): PipelineConfig[] {
  return pipelines.flatMap(({ model, places }) => places.map((place) => pipelineConfig(name, model, place)));
}

/**
 * Validates a project: every model, every place, every pipeline, and their names.
 *
 * @returns the configurations of its pipelines
 * @throws one Error with one line per fault: field, value, allowed values
 */
export function validateProject(project: Project): PipelineConfig[] {
  refuse('the configuration', faultsOf(ProjectShape, project));
  const models = project.pipelines.map(({ model }) => model);
  const places = [...new Set(project.pipelines.flatMap((pipeline) => pipeline.places))];
  refuse('the configuration', [
    ...faultsOf(appName, project.name).map((fault) => `name${fault}`),
    ...(project.pipelines.length === 0 ? ['pipelines is []; must have at least one'] : []),
    ...models.flatMap((model) =>
      faultsOf(ModelSchema, model).map((fault) => `model ${shown(model.name)}: ${fault}`),
    ),
    ...places.flatMap((place) =>
      faultsOf(PlaceSchema, place).map((fault) => `place ${shown(place.environment)}: ${fault}`),
    ),
  ]);
  refuse('the configuration', [
    ...repeated(models.map(({ name }) => name)).map(
      (name) => `pipelines names two models "${name}"; give each model its own name`,
    ),
    ...models.flatMap(({ name, places: own = {} }) =>
      Object.keys(own)
        .filter((place) => !places.some(({ environment }) => environment === place))
        .map(
          (place) =>
            `model "${name}": places.${place} is no place of the configuration; must be one of ` +
            places.map(({ environment }) => environment).join(', '),
        ),
    ),
  ]);
  const configs = pipelinesOf(project).map(validateConfig);
  refuse('the configuration', nameFaults(configs));
  if (project.delivery) validateDelivery(project.delivery);
  return configs;
}

/** Permissions and alarms name `<prefix>-*`: no pipeline's names may begin like another's. */
function nameFaults(configs: readonly PipelineConfig[]): string[] {
  const prefixes = configs.map(({ name, model, environment }) => `${name}-${model}-${environment}`);
  return [
    ...repeated(prefixes).map((prefix) => `pipelines has "${prefix}" twice; list each model once in a place`),
    ...prefixes
      .filter((prefix) => prefix.length > MAX_PREFIX)
      .map(
        (prefix) =>
          `the names of pipeline "${prefix}" begin with ${prefix.length} characters; must be at most ${MAX_PREFIX}: ` +
          'shorten the name of the app, the model or the place',
      ),
    ...prefixes.flatMap((prefix) =>
      prefixes
        .filter((other) => other.startsWith(`${prefix}-`))
        .map(
          (other) =>
            `the names of pipeline "${other}" begin like those of "${prefix}", whose permissions would include it; ` +
            'rename one of the models',
        ),
    ),
  ];
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

function refuse(what: string, faults: readonly string[]): void {
  if (faults.length === 0) return;
  throw new Error([`${what} is not valid:`, ...faults.map((fault) => `  - ${fault}`)].join('\n'));
}
