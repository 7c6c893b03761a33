import { images } from '../../../examples/images/model';
import { local } from '../../../lib';
import { pipelineConfig, validateConfig, type PipelineConfig } from '../../../lib/config';

const valid = pipelineConfig('mlops', images, local);
const withData = (data: object) => ({ ...valid, data: { ...valid.data, ...data } }) as PipelineConfig;
const withMetrics = (metrics: object) =>
  ({ ...valid, metrics: { ...valid.metrics, ...metrics } }) as PipelineConfig;
const withGate = (...metrics: object[]) => ({ ...valid, gate: { ...valid.gate, metrics } }) as PipelineConfig;
const withOne = (definition: object, values: object = {}) =>
  ({
    ...valid,
    hyperparameters: { 'training.x': { description: 'x', ...definition } },
    hyperparameterValues: values,
  }) as unknown as PipelineConfig;
const withApi = (api: object) => ({ ...valid, api: { ...valid.api, ...api } }) as PipelineConfig;
const accepting = (...accepts: object[]) =>
  withApi({ accepts: accepts.map((each) => ({ binary: false, schema: null, ...each })) });
const logged = (expression: string, name = 'train:loss') => withMetrics({ training: [{ name, expression }] });
const integer = { kind: 'integer', min: 1, max: 9, default: 5 };
const choice = { kind: 'choice', choices: ['a', 'b'], default: 'a' };
const note = { kind: 'text', default: '' };
const json = { contentType: 'application/json' };
const png = { contentType: 'image/png', binary: true };

test('the example is valid, and so are the forms next to the refused ones', () => {
  const others = [
    withOne(integer, { 'training.x': '9' }),
    withOne({ ...integer, min: 5, max: 5 }),
    withOne({ ...choice, tunable: true }, { 'training.x': 'b' }),
    withOne(note, { 'training.x': 'x'.repeat(2_500) }),
    withMetrics({ training: [], agreement: null, headline: null }),
    accepting({ ...json, schema: {} }, { contentType: 'application/vnd.a+json', schema: {} }, png),
    accepting({ contentType: 'text/plain' }, { contentType: 'application/jsonlines' }),
    withData({ suffixes: '*' }),
    withData({ check: 'csvHeader', suffixes: null }),
  ];
  for (const config of [valid, ...others]) expect(validateConfig(config)).toBe(config);
});

test.each<[string, PipelineConfig, string]>([
  [
    'a table without a schema',
    withData({ check: 'table', suffixes: null }),
    'data.schemaKey is null with data.check "table"; must be a key that ends in .json',
  ],
  [
    'a schema of what is no table',
    withData({ schemaKey: 'schema.json' }),
    'data.schemaKey is "schema.json" with data.check "none"; must be null: only tables have a schema',
  ],
  [
    'a schema of CSV files',
    withData({ check: 'csvHeader', schemaKey: 'schema.json' }),
    'data.schemaKey is "schema.json" with data.check "csvHeader"; must be null',
  ],
  [
    'no endings of files that nothing checks',
    withData({ suffixes: null }),
    'data.suffixes is null with data.check "none"; must be a list of endings such as [".png"], or "*"',
  ],
  ['no ending', withData({ suffixes: [] }), 'data.suffixes is []; must be at least 1'],
  [
    'an ending in upper case',
    withData({ suffixes: ['.PNG'] }),
    'data.suffixes.0 is ".PNG"; must be an ending',
  ],
  [
    'an unknown check',
    withData({ check: 'images' }),
    'data.check is "images"; must be one of table, csvHeader, none',
  ],
  [
    'no metric of the evaluation',
    withMetrics({ evaluation: {} }),
    'metrics.evaluation is {}; must have at least one metric, which the gate requires',
  ],
  [
    'a direction of a metric',
    withMetrics({ evaluation: { ...valid.metrics.evaluation, rmse: { direction: 'up', naive: true } } }),
    'metrics.evaluation.rmse.direction is "up"; must be one of higher, lower',
  ],
  [
    'a headline that the evaluation has not',
    withMetrics({ headline: 'f1' }),
    'metrics.headline is "f1"; must be accuracy, logLoss, or null',
  ],
  [
    'agreement in a metric that the evaluation has not',
    withMetrics({
      agreement: [{ evaluation: 'f1', training: 'validation:accuracy', difference: 'absolute' }],
    }),
    'metrics.agreement.0.evaluation is "f1"; must be accuracy, logLoss',
  ],
  [
    'agreement in a metric that training does not log',
    withMetrics({ agreement: [{ evaluation: 'accuracy', training: 'accuracy', difference: 'absolute' }] }),
    'metrics.agreement.0.training is "accuracy"; must be a name of metrics.training: train:loss, validation:accuracy',
  ],
  [
    'a metric of the gate that the evaluation has not',
    withGate({ name: 'f1', threshold: 0.5, tolerance: 0.1 }),
    'gate.metrics.0.name is "f1"; must be accuracy, logLoss',
  ],
  [
    'a metric of one class of a metric that has none',
    withGate({ name: 'accuracy:circle', threshold: 0.5, tolerance: 0.1 }),
    'gate.metrics.0.name is "accuracy:circle"; must be accuracy, logLoss',
  ],
  [
    'a metric of training twice',
    withMetrics({ training: [...valid.metrics.training, { name: 'train:loss', expression: '(a)' }] }),
    'metrics.training names "train:loss" twice; name each metric once',
  ],
  [
    'an expression without a group',
    logged('loss=[0-9]+'),
    'metrics.training.0.expression is "loss=[0-9]+"; must have a group, whose text is the value',
  ],
  ['a group that captures nothing', logged('loss=(?:[0-9]+)'), 'must have a group, whose text is the value'],
  [
    'an expression that is none',
    logged('loss=('),
    'metrics.training.0.expression is "loss=("; must be a regular expression',
  ],
  [
    'a least value above the greatest',
    withOne({ ...integer, min: 9, max: 1, default: 5 }),
    'hyperparameters.training.x.min is 9; must be at most its max, 1',
  ],
  [
    'a default outside of the limits',
    withOne({ ...integer, default: 10 }),
    'hyperparameter "training.x" is 10 (from its default); must be an integer from 1 to 9',
  ],
  [
    'a default that is no choice',
    withOne({ ...choice, default: 'c' }),
    'hyperparameter "training.x" is "c" (from its default); must be a or b',
  ],
  [
    'a value of the wrong kind',
    withOne(integer, { 'training.x': 'many' }),
    'hyperparameter "training.x" is "many" (from the configuration); must be an integer from 1 to 9',
  ],
  ...['0x10', '0b1', '', '1e400'].map((text): [string, ReturnType<typeof withOne>, string] => [
    `the text ${JSON.stringify(text)} for an integer`,
    withOne(integer, { 'training.x': text }),
    `hyperparameter "training.x" is ${JSON.stringify(text)} (from the configuration); must be an integer`,
  ]),
  [
    'a fraction for an integer',
    withOne(integer, { 'training.x': 1.5 }),
    'hyperparameter "training.x" is 1.5 (from the configuration); must be an integer',
  ],
  [
    'a number for a text',
    withOne(note, { 'training.x': 1 }),
    'hyperparameter "training.x" is 1 (from the configuration); must be text of at most 2500 characters',
  ],
  [
    'a text that is too long',
    withOne(note, { 'training.x': 'x'.repeat(2_501) }),
    'must be text of at most 2500 characters',
  ],
  [
    'an unknown kind',
    withOne({ kind: 'list', default: 1 }),
    'hyperparameters.training.x.kind is "list"; must be one of integer, number, choice, text',
  ],
  [
    'a name without its program',
    { ...valid, hyperparameters: { epochs: { ...integer, description: 'x' } } } as PipelineConfig,
    'its name must be training.<name> or preprocessing.<name>',
  ],
  [
    'a text that a tuning job varies',
    withOne({ ...note, tunable: true }),
    'hyperparameters.training.x.tunable is true with kind "text"; must be false',
  ],
  [
    'a description that SageMaker does not take',
    withOne({ ...integer, description: 'x'.repeat(1_025) }),
    'hyperparameters.training.x.description has 1025 characters; must be at most 1024',
  ],
  [
    'a choice that SageMaker does not take',
    withOne({ ...choice, choices: ['a', 'x'.repeat(257)] }),
    'hyperparameters.training.x.choices has one of 257 characters; must be at most 256',
  ],
  [
    'more hyperparameters than SageMaker takes',
    {
      ...valid,
      hyperparameters: Object.fromEntries(
        Array.from({ length: 101 }, (_, i) => [`training.x${i}`, { ...integer, description: 'x' }]),
      ),
    } as PipelineConfig,
    'hyperparameters has 101 names; must be at most 100',
  ],
  [
    'a content type twice',
    accepting(json, json),
    'api.accepts names "application/json" twice; name each content type once',
  ],
  [
    'a type of answers twice',
    withApi({ returns: ['text/csv', 'text/csv'] }),
    'api.returns names "text/csv" twice; name each content type once',
  ],
  ['no content type', accepting(), 'api.accepts is []; must be at least 1'],
  ...['image/*', 'image', 'Image/PNG', 'text/csv; header=present'].map(
    (contentType): [string, PipelineConfig, string] => [
      `the content type ${contentType}`,
      accepting({ contentType }),
      `api.accepts.0.contentType is "${contentType}"; must be a media type such as application/json, without parameters`,
    ],
  ),
  [
    'a schema of a binary type',
    accepting({ ...png, schema: {} }),
    'api.accepts.0.schema is given for "image/png" with binary true; must be null: API Gateway checks the schema of JSON only',
  ],
  [
    'a schema of JSON that is passed on as bytes',
    accepting({ ...json, binary: true, schema: {} }),
    'api.accepts.0.schema is given for "application/json" with binary true; must be null',
  ],
  [
    'a schema of text',
    accepting(json, { contentType: 'text/csv', schema: {} }),
    'api.accepts.1.schema is given for "text/csv"; must be null',
  ],
  [
    'an image as text, which would be damaged',
    accepting({ ...png, binary: false }),
    'api.accepts.0.binary is false for "image/png"; must be true',
  ],
])('%s is refused', (_, config, message) => {
  expect(() => validateConfig(config)).toThrow(message);
});
