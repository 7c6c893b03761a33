import { images } from '../../../examples/images/model';
import { dev, local, prod, table, type Project } from '../../../lib';
import {
  pipelinesOf,
  resourcePrefix,
  validateProject,
  type ModelConfig,
  type PlaceConfig,
} from '../../../lib/config';

/** Places other than local and dev name their account. */
const ACCOUNT = { account: '123456789012', region: 'eu-west-1' };
const notifications = { emails: ['team@team.dev'] };
const PRODUCTION = { ...prod, ...ACCOUNT, notifications, approval: null };
const place = (environment: string): PlaceConfig => ({ ...dev, ...ACCOUNT, notifications, environment });
const named = (name: string, model: ModelConfig = images): ModelConfig => ({ ...model, name });
const project = (pipelines: Project['pipelines'], name = 'mlops'): Project => ({ name, pipelines });
const LONGEST = named('abcdefghijkl');

test('two models in two places are four pipelines, each with its own names', () => {
  const places = [local, PRODUCTION];
  const configs = validateProject(
    project([
      { model: table, places },
      { model: images, places },
    ]),
  );
  expect(configs.map(resourcePrefix)).toEqual([
    'mlops-table-local',
    'mlops-table-prod',
    'mlops-images-local',
    'mlops-images-prod',
  ]);
});

test('names of the greatest length are allowed', () => {
  const longest = project([{ model: LONGEST, places: [place('abcd')] }], 'abcdefghijkl');
  expect(validateProject(longest).map((config) => resourcePrefix(config).length)).toEqual([30]);
});

test.each<[string, Project, string | RegExp]>([
  ['no pipeline', project([]), 'pipelines is []; must have at least one'],
  [
    'a name of the app that is none',
    project([{ model: images, places: [local] }], 'ML'),
    'name is "ML"; must be lower-case words joined by hyphens',
  ],
  [
    'two models of one name',
    project([
      { model: images, places: [local] },
      { model: named('images', table), places: [dev] },
    ]),
    'pipelines names two models "images"; give each model its own name',
  ],
  [
    'a model twice in a place',
    project([{ model: images, places: [local, { ...local, retainData: true }] }]),
    'pipelines has "mlops-images-local" twice; list each model once in a place',
  ],
  [
    'a model whose names begin like those of another place',
    project([
      { model: named('a'), places: [place('b')] },
      { model: named('a-b'), places: [place('c')] },
    ]),
    'the names of pipeline "mlops-a-b-c" begin like those of "mlops-a-b", whose permissions would include it; rename one',
  ],
  [
    'more than 30 characters',
    project([{ model: LONGEST, places: [place('abcde')] }], 'abcdefghijkl'),
    'the names of pipeline "abcdefghijkl-abcdefghijkl-abcde" begin with 31 characters; must be at most 30: shorten',
  ],
  [
    'values of a model for a place that there is not',
    project([{ model: { ...images, places: { prod: { approval: null } } }, places: [local, dev] }]),
    'model "images": places.prod is no place of the configuration; must be one of local, dev',
  ],
  [
    'an unknown field of a model',
    project([{ model: { ...images, gpu: true } as ModelConfig, places: [local] }]),
    'model "images": gpu is not a configuration field',
  ],
  [
    'an unknown field of a model’s place',
    project([
      { model: { ...images, places: { local: { gpu: true } } } as unknown as ModelConfig, places: [local] },
    ]),
    'model "images": places.local.gpu is not a configuration field',
  ],
  [
    'a place of the wrong form',
    project([{ model: images, places: [{ ...local, retainData: 'no' as unknown as boolean }] }]),
    'place "local": retainData is "no"; must be a value of type boolean',
  ],
  [
    'faults of a pipeline, which is named',
    project([
      { model: { ...images, gate: { ...images.gate, confidence: 0.95, metrics: null } }, places: [local] },
    ]),
    /pipeline "images-local" is not valid:\n {2}- gate\.metrics and gate\.byData are null/,
  ],
])('a project with %s is refused', (_, wrong, message) => {
  expect(() => validateProject(wrong)).toThrow(message);
});

test('every fault has its line', () => {
  const wrong = project(
    [{ model: { ...images, name: 'Images' }, places: [{ ...local, logRetentionDays: 2 as 1 }] }],
    'M',
  );
  expect(() => validateProject(wrong)).toThrow(
    /^the configuration is not valid:\n {2}- name is "M";.*\n {2}- model "Images": name is "Images";.*\n {2}- place "local": logRetentionDays is 2;.*$/,
  );
});

test('pipelines keep the order of the project, and are not validated before', () => {
  const places = [local, place('NO')];
  const all = pipelinesOf(project([{ model: images, places }]));
  expect(all.map(({ environment }) => environment)).toEqual(['local', 'NO']);
});
