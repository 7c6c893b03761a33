import type { PipelineConfig, ProgramConfig } from '../../lib/config';
import { table } from '../../lib';
import { change, to, together, within, type Change, type Edit, type Given } from './change';

/** Changes of what a model is made of. */

type Definitions = PipelineConfig['hyperparameters'];
type Definition = Definitions[string];

/** Changes all definitions of a kind. */
const redefined =
  (edit: (definition: Definition) => Definition): Edit =>
  (config) => ({
    ...config,
    hyperparameters: Object.fromEntries(
      Object.entries(config.hyperparameters).map(([name, definition]) => [name, edit(definition)]),
    ),
  });

const described = { description: 'another phrase', unit: 'rows', tunable: true };

function otherValues(definition: Definition): Definition {
  switch (definition.kind) {
    case 'text':
      return { ...definition, ...described, default: 'other', tunable: false };
    case 'choice':
      return { ...definition, ...described, choices: ['other', ...definition.choices], default: 'other' };
    default:
      return {
        ...{ ...definition, ...described },
        min: definition.min - 1,
        max: definition.max + 1,
        default: definition.default + 0.5 * (definition.kind === 'integer' ? 2 : 1),
      };
  }
}

const named =
  (name: string, definition: Definition): Edit =>
  (config) => ({
    ...config,
    hyperparameters: { ...config.hyperparameters, [name]: definition },
  });

const image = (name: string, digit: string): ProgramConfig => ({
  image: `123456789012.dkr.ecr.us-east-1.amazonaws.com/${name}@sha256:${digit.repeat(64)}`,
});

const program = (name: keyof PipelineConfig['programs'], value: ProgramConfig): Edit =>
  within('programs', { [name]: value });

/** The own server of a worked example: another folder, context and base image. */
const folder = (name: string, baseImage: Extract<ProgramConfig, { folder: string }>['baseImage']) => ({
  folder: `examples/own-server/${name}`,
  context: 'examples',
  ...(baseImage !== undefined && { baseImage }),
});

const bases = (word: string) => ({ cpu: `base-cpu:${word}`, gpu: `base-gpu:${word}` });

/** Another folder, then each form of a base image, then other values of it. */
const folders = (name: 'preprocess' | 'train' | 'serve' | 'evaluate', source: string): Edit[] => [
  program(name, folder(source, bases('1'))),
  program(name, folder(source, bases('2'))),
  program(name, folder(source, 'base:1')),
  program(name, { folder: `examples/own-server/${source}` }),
];

const SPLITS = { header: false, label: 'first', contentType: 'text/csv' } as const;
const EVALUATE = { folder: 'containers/inference', context: 'containers' };
const NO_EVALUATION = '`programs.evaluate` from a folder to none';
const builtIns = (version: string): Edit =>
  within('programs', { train: { builtIn: 'xgboost', version }, serve: { builtIn: 'xgboost', version } });

const bucket =
  (of: (given: Given) => PipelineConfig['data']['bucket']): Edit =>
  (config, given) => ({ ...config, data: { ...config.data, bucket: of(given) } });
const evaluated = together(
  within('evaluation', { instanceType: 'ml.m5.large' }),
  to({ splits: SPLITS }),
  program('evaluate', EVALUATE),
);

const required = (digit: 0 | 1) => ({
  name: ['accuracy', 'f1'][digit]!,
  threshold: [0.5, 0.6][digit]!,
  tolerance: digit / 10,
});

const measured =
  (gain: PipelineConfig['metrics']['evaluation'][string]): Edit =>
  (config) => ({
    ...config,
    metrics: { ...config.metrics, evaluation: { ...config.metrics.evaluation, gain } },
  });

const BY_DATA = { name: 'mae', direction: 'lower', threshold: 5, tolerance: 0.2 } as const;

export const modelChanges: readonly Change[] = [
  change('data: prefix, schema, shards, fractions, retention, sample', [
    within('data', {
      prefix: 'other/',
      schemaKey: 'other.json',
      suffixes: ['.csv'],
      maxShards: 2,
      keepSplitsDays: 20,
      validationFraction: 0.1,
      testFraction: 0.1,
      sample: { data: 'examples/images/data', schema: null },
    }),
    within('data', { sample: null, check: 'none', schemaKey: null }),
  ]),
  change('data.bucket', [
    {
      edit: bucket(({ buckets }) => buckets[0]),
      outcome: 'users first',
      title: '`data.bucket` from null to a bucket of the team; the data bucket stays with `retainData: true`',
    },
    bucket(({ buckets }) => buckets[1]),
    bucket(({ buckets }) => ({ name: buckets[1].name })),
  ]),
  ...(['preprocess', 'train', 'serve'] as const).map((name) =>
    change(`programs.${name}: a folder`, folders(name, name)),
  ),
  ...(['preprocess', 'train', 'serve'] as const).map((name) =>
    change(`programs.${name}: an image`, [
      {
        edit: program(name, image('ours', '1')),
        outcome: 'users first',
        title: `\`programs.${name}\` from a folder to an image`,
      },
      program(name, image('theirs', '2')),
    ]),
  ),
  change('programs.evaluate: a folder', [evaluated, ...folders('evaluate', 'serve')], {
    back: 'users first',
    backTitle: NO_EVALUATION,
  }),
  change(
    'programs.evaluate: an image',
    [
      evaluated,
      {
        edit: program('evaluate', image('ours', '1')),
        outcome: 'users first',
        title: '`programs.evaluate` from a folder to an image',
      },
      program('evaluate', image('theirs', '2')),
    ],
    { undo: 'users first' },
  ),
  change(
    'programs.train and programs.serve: built in',
    [
      evaluated,
      {
        edit: builtIns('3.0-5'),
        outcome: 'users first',
        title: '`programs.train` or `programs.serve` from a folder to a built-in algorithm',
      },
      builtIns('3.2-0'),
      within('programs', { train: table.programs.train, serve: table.programs.serve }),
    ],
    { back: 'users first', backTitle: NO_EVALUATION },
  ),
  change('programs: a folder more and a folder less', [together(evaluated, builtIns('3.0-5'))], {
    outcome: 'apart',
    title: 'a folder more in `programs`, and another one fewer',
  }),
  change('splits', [to({ splits: SPLITS }), to({ splits: { ...SPLITS, header: true, label: 'last' } })]),
  change('hyperparameters: a text', [
    named('training.text', { kind: 'text', default: 'a', description: 'a text' }),
    redefined((definition) => (definition.kind === 'text' ? otherValues(definition) : definition)),
  ]),
  change('hyperparameters: limits, choices, defaults', [redefined(otherValues)]),
  change('hyperparameters: another kind, of one name', [
    named('training.epochs', {
      kind: 'choice',
      choices: ['few', 'many'],
      default: 'few',
      description: 'epochs',
    }),
  ]),
  change('hyperparameterValues', [
    within('hyperparameterValues', { 'training.epochs': 7 }),
    within('hyperparameterValues', { 'training.epochs': 8, 'training.learning_rate': 0.01 }),
  ]),
  change('metrics: of training and agreement', [
    within('metrics', {
      training: [{ name: 'a', expression: 'a=(.*);' }],
      agreement: [{ evaluation: 'accuracy', training: 'a', difference: 'absolute' }],
    }),
    within('metrics', {
      training: [{ name: 'b', expression: 'b=(.*);' }],
      agreement: [{ evaluation: 'f1', training: 'b', difference: 'relative' }],
      headline: 'f1',
    }),
    within('metrics', { training: [], agreement: null }),
  ]),
  change('metrics: of the evaluation', [
    measured({ direction: 'higher', naive: true }),
    measured({
      ...{ direction: 'lower', naive: false, unit: 'EUR', perClass: true, onRequest: true },
      ...{ min: 0, max: 10 },
    }),
  ]),
  change('gate: metrics', [
    within('gate', { metrics: [required(0)], byData: null }),
    within('gate', {
      metrics: [{ ...required(1), direction: 'higher' }],
      whenIncomparable: 'threshold',
      confidence: 0.9,
      resamples: 1_000,
      trainingTolerance: 0.01,
    }),
  ]),
  change('gate: by data', [
    within('gate', { byData: { classes: BY_DATA, rareClasses: BY_DATA, numbers: BY_DATA } }),
  ]),
  change('api: contents', [
    within('api', {
      accepts: [
        { contentType: 'image/png', binary: true, schema: null },
        { contentType: 'application/json', binary: false, schema: { type: 'object' } },
        { contentType: 'application/x-json', binary: true, schema: null },
      ],
      returns: ['image/png'],
      answerTolerance: 0.01,
    }),
    within('api', {
      accepts: [{ contentType: 'application/json', binary: false, schema: { type: 'array' } }],
    }),
  ]),
];
