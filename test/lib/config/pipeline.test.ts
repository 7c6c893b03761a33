import { images } from '../../../examples/images/model';
import { dev } from '../../../lib';
import { pipelineConfig, type ModelConfig, type PipelineConfig, type PlaceConfig } from '../../../lib/config';

/** What model and place say of one field, and what holds. */
interface Said {
  readonly place?: Partial<PlaceConfig>;
  readonly model?: Partial<ModelConfig>;
  readonly here?: NonNullable<ModelConfig['places']>[string];
}
const configOf = ({ place = {}, model = {}, here }: Said): PipelineConfig =>
  pipelineConfig(
    'mlops',
    { ...images, ...model, ...(here && { places: { dev: here, prod: { approval: null } } }) },
    { ...dev, ...place },
  );
const emails = ['a@example.com'];
const asked = (days: number) => ({ days, emails });

test.each<[field: string, said: Said, value: (config: PipelineConfig) => unknown, expected: unknown]>([
  ['the place alone', {}, ({ training }) => training.maxRuntimeMinutes, dev.training.maxRuntimeMinutes],
  [
    'the model before the place',
    { model: { training: { maxRuntimeMinutes: 7 } } },
    ({ training }) => training.maxRuntimeMinutes,
    7,
  ],
  [
    'the model’s place before the model',
    { model: { training: { maxRuntimeMinutes: 7 } }, here: { training: { maxRuntimeMinutes: 9 } } },
    ({ training }) => training.maxRuntimeMinutes,
    9,
  ],
  [
    'other fields of the section as the place has them',
    { model: { training: { maxRuntimeMinutes: 7 } }, here: { training: { spot: null } } },
    ({ training }) => [training.maxRuntimeMinutes, training.spot, training.instanceType],
    [7, null, dev.training.instanceType],
  ],
  [
    'a field of a section as a whole',
    { model: { endpoint: { serving: { kind: 'serverless', memoryMb: 2048, maxConcurrency: 5 } } } },
    ({ endpoint }) => endpoint.serving,
    { kind: 'serverless', memoryMb: 2048, maxConcurrency: 5 },
  ],
  [
    'null of the model before the place',
    { place: { approval: asked(1) }, model: { approval: null } },
    ({ approval }) => approval,
    null,
  ],
  [
    'approval of the place before null of the model',
    { model: { approval: null }, here: { approval: asked(2) } },
    ({ approval }) => approval,
    asked(2),
  ],
  [
    'data of the model, and of its place',
    { here: { data: { maxShards: 9 } } },
    ({ data }) => [data.maxShards, data.prefix],
    [9, images.data.prefix],
  ],
  [
    'hyperparameters by name',
    {
      model: { hyperparameterValues: { 'training.epochs': 1, 'training.seed': 2 } },
      here: { hyperparameterValues: { 'training.epochs': 3 } },
    },
    ({ hyperparameterValues }) => hyperparameterValues,
    { 'training.epochs': 3, 'training.seed': 2 },
  ],
  [
    'the gate of the model’s place',
    { here: { gate: { confidence: 0.9 } } },
    ({ gate }) => [gate.confidence, gate.metrics],
    [0.9, images.gate.metrics],
  ],
  [
    'limits of the API of place, model and model’s place, with the contents of the model',
    { model: { api: { ...images.api, burstLimit: 3 } }, here: { api: { dailyQuota: 4 } } },
    ({ api }) => api,
    { ...dev.api, ...images.api, burstLimit: 3, dailyQuota: 4 },
  ],
])('%s', (_, said, value, expected) => {
  expect(value(configOf(said))).toEqual(expected);
});

test('values for another place do not count', () => {
  const model = { ...images, places: { prod: { training: { maxRuntimeMinutes: 9 } } } };
  expect(pipelineConfig('mlops', model, dev).training).toEqual(dev.training);
});

test('the three words of the names are app, model and place', () => {
  expect(configOf({})).toMatchObject({ name: 'mlops', model: 'images', environment: 'dev' });
});
