import { environments } from '../../support/configs';
import { UNASSIGNED } from '../../../lib';
import { resourcePrefix, validateConfig, type PipelineConfig } from '../../../lib/config';
import { withField } from '../../templates/support/configuration';
import { dev } from '../../templates/support/synthesis';
import { realtime } from '../../templates/support/variants';

const metric = (name: string, threshold = 0.5) => ({ name, threshold, tolerance: 0.01 });
const variant = (name: string, weight = 1) => ({ ...realtime.variants[0]!, name, weight });

describe('a configuration is refused, before anything is synthesised,', () => {
  const SHARE = 'must be at most 1';
  test.each<[field: string, value: unknown, allowed: string]>([
    ['name', 'MLOps', 'lower-case words joined by hyphens'],
    ['name', 'a-name-too-long', 'at most 12'],
    ['environment', 'dev-1', 'lower-case letters and digits'],
    ['environment', 'production', 'at most 8'],
    ['account', '1234', '12 digits'],
    ['region', 'europe', 'a region such as eu-west-1'],
    ['retainData', 'yes', 'a value of type boolean'],
    ['logRetentionDays', 10, 'one of 1, 3, 5, 7, 14, 30'],
    ['data.prefix', 'data', 'ends in a slash'],
    ['data.schemaKey', 'schema.yaml', 'ends in .json'],
    ['data.maxShards', 0, 'at least 1'],
    ['data.maxShards', 41, 'at most 40'],
    ['data.validationFraction', 0, 'more than 0'],
    ['data.testFraction', 0.6, 'at most 0.5'],
    ['preprocessing.instanceType', 't3.medium', 'an instance type such as ml.m5.large'],
    ['preprocessing.volumeSizeGb', 0, 'at least 1'],
    ['evaluation.maxRuntimeMinutes', 7_201, 'at most 7200'],
    ['training.instanceCount', 21, 'at most 20'],
    ['training.instanceCount', 1.5, 'an integer'],
    ['training.volumeSizeGb', 20_000, 'at most 16384'],
    ['training.maxRuntimeMinutes', 40_321, 'at most 40320'],
    ['programs.train.baseImage.cpu', '', 'at least 1'],
    ['triggers.newData.quietMinutes', 0, 'at least 1'],
    ['triggers.newData.quietMinutes', 1_441, 'at most 1440'],
    ['triggers.newData.maxWaitMinutes', 0.5, 'an integer'],
    ['triggers.newCode', 'yes', 'a value of type boolean'],
    ['triggers.drift', true, 'a value of type object'],
    ['triggers.schedule.expression', 'cron(0 3 * * ?)', 'cron needs 6 fields, not 5'],
    ['triggers.schedule.expression', 'cron(0 25 ? * SUN *)', 'the field hours is "25"; allowed is 0 to 23'],
    ['triggers.schedule.expression', 'every sunday', 'it must be rate(value unit) or cron('],
    ['triggers.schedule.expression', 'at(2026-01-01T00:00:00)', 'at(…) fires once'],
    ['triggers.schedule.timeZone', 'Berlin', 'must be a name of the IANA database such as Europe/Berlin'],
    ['gate.metrics', [], 'at least 1'],
    ['gate.whenIncomparable', 'ask', 'approval, reject, threshold'],
    ['gate.confidence', 0.5, 'more than 0.5'],
    ['gate.confidence', 1, 'less than 1'],
    ['gate.resamples', 99, 'at least 100'],
    ['gate.resamples', 100_001, 'at most 100000'],
    ['gate.resamples', 150.5, 'an integer'],
    ['gate.trainingTolerance', -0.1, 'at least 0'],
    ['gate.trainingTolerance', 1.1, SHARE],
    ['endpoint.serving.variants', [], 'at least 1'],
    ['endpoint.dataCapturePercent', 101, 'at most 100'],
    ['endpoint.pollSeconds', 0, 'at least 1'],
    ['endpoint.timeoutMinutes', 481, 'at most 480'],
    ['api.rateLimit', 0, 'more than 0'],
    ['api.burstLimit', 5_001, 'at most 5000'],
    ['api.dailyQuota', 0, 'at least 1'],
  ])('%s = %j', (field, value, allowed) => {
    const shown = `${field} is ${JSON.stringify(value)}; `;
    expect(() => validateConfig(withField(field, value))).toThrow(shown);
    expect(() => validateConfig(withField(field, value))).toThrow(allowed);
  });

  test.each<[name: string, config: PipelineConfig, message: string | RegExp]>([
    ['a missing field', withField('gate', undefined), 'gate is missing; must be a value of type object'],
    [
      'splits that are gone before they are evaluated',
      withField('training', {
        ...dev.training,
        ...{ maxRuntimeMinutes: 40_320, spot: { maxWaitMinutes: 40_320, onDemandFallback: true } },
      }),
      /data\.keepSplitsDays is 30; must be at least 57, the longest duration of a run/,
    ],
    ['an unknown field', withField('training.gpu', true), 'training.gpu is not a configuration field'],
    [
      'a field inside of a list',
      withField('endpoint.serving.variants.0.instanceCount', 0),
      'endpoint.serving.variants.0.instanceCount is 0; must be at least 1',
    ],
    [
      'the name of a variant',
      withField('endpoint.serving.variants.0.name', 'a_b'),
      'endpoint.serving.variants.0.name is "a_b"; must be at most 63 letters, digits and inner hyphens',
    ],
    [
      'an approval that is no object',
      withField('approval', true),
      'approval is true; must be a value of type object',
    ],
    [
      'no day',
      withField('approval', { days: 0, emails: ['a@b.example'] }),
      'approval.days is 0; must be at least 1',
    ],
    [
      'too many days',
      withField('approval', { days: 31, emails: ['a@b.example'] }),
      'approval.days is 31; must be at most 30',
    ],
    [
      'no approver',
      withField('approval', { days: 2, emails: [] }),
      'approval.emails is []; must be at least 1',
    ],
    ['an approver’s address', withField('approval', { days: 2, emails: ['a'] }), 'approval.emails.0 is "a"'],
    ['an address', withField('notifications.emails', ['team']), 'notifications.emails.0 is "team"'],
    [
      'less waiting for Spot than training',
      withField('training.spot.maxWaitMinutes', 30),
      'training.spot.maxWaitMinutes is 30; must be at least training.maxRuntimeMinutes (60)',
    ],
    [
      'splits that leave nothing to train on',
      { ...dev, data: { ...dev.data, validationFraction: 0.45, testFraction: 0.45 } },
      'data.validationFraction + data.testFraction is 0.9; must be less than 0.9',
    ],
    [
      'a wait that is shorter than the quiet in it',
      withField('triggers.newData', { quietMinutes: 10, maxWaitMinutes: 9 }),
      'triggers.newData.maxWaitMinutes is 9; must be at least triggers.newData.quietMinutes (10)',
    ],
    [
      'a schema among the data',
      withField('data.schemaKey', 'data/schema.json'),
      'data.schemaKey is "data/schema.json"; must be a key outside of data.prefix "data/"',
    ],
    [
      'two variants of one name',
      withField('endpoint.serving.variants', [variant('a'), variant('a')]),
      'endpoint.serving.variants names "a" twice; name each variant once',
    ],
    [
      'one metric asked for twice',
      withField('gate.metrics', [metric('recall:a'), metric('f1'), metric('recall:a')]),
      'gate.metrics names "recall:a" twice; name each metric once',
    ],
    [
      'a gate that does not fit a function’s variables',
      withField('gate.metrics', [metric(`recall:${'ö'.repeat(1_000)}`)]),
      /gate takes 2\d{3} bytes as JSON; must be at most 2048: require fewer metrics/,
    ],
    [
      'variants without any traffic',
      withField('endpoint.serving.variants', [variant('a', 0), variant('b', 0)]),
      'every variant of endpoint.serving.variants has the weight 0; at least one must be above 0',
    ],
    [
      'a GPU where no program uses one',
      withField('evaluation.instanceType', 'ml.g5.xlarge'),
      'evaluation.instanceType is "ml.g5.xlarge"; must be a CPU type',
    ],
    [
      'a hyperparameter out of range',
      withField('hyperparameterValues', { 'training.epochs': -1 }),
      'hyperparameter "training.epochs" is -1 (from the configuration); must be an integer from 0 to 10000',
    ],
    [
      'a hyperparameter that is none of its words',
      withField('hyperparameterValues', { 'training.algorithm': 'forest' }),
      'hyperparameter "training.algorithm" is "forest" (from the configuration); must be',
    ],
    [
      'approval of incomparable champions without approval',
      withField('gate.whenIncomparable', 'approval'),
      'gate.whenIncomparable is "approval" with approval null; must be reject or threshold',
    ],
    [
      'an unknown hyperparameter',
      withField('hyperparameterValues', { 'training.epoch': 1 }),
      'hyperparameter "training.epoch" (from the configuration) is unknown; known are training.algorithm',
    ],
  ])('for %s', (_, config, message) => {
    expect(() => validateConfig(config)).toThrow(message);
  });

  test('with a line for every fault, and the environment named', () => {
    const config = { ...withField('gate.confidence', 2), name: 'X' };
    expect(() => validateConfig(config)).toThrow(
      /^the configuration of pipeline "table-dev" is not valid:\n {2}- name is "X";.*\n {2}- gate\.confidence is 2;.*$/,
    );
  });
});

test.each<[field: string, value: unknown, allowed: string]>([
  ['name', 'acuracy', 'must be accuracy, balancedAccuracy, f1, auc,'],
  ['name', 'recall:', 'recall:<class>'],
  ['direction', 'up', 'one of higher, lower'],
  ['direction', 'lower', 'must be "higher", the direction of accuracy'],
  ['threshold', 85, 'at most 1 for accuracy'],
  ['threshold', -0.1, 'at least 0 for accuracy'],
  ['tolerance', 2, 'at most 1 for accuracy'],
  ['tolerance', -0.01, 'at least 0'],
])('a metric of the gate is refused: %s = %j', (field, value, allowed) => {
  const config = withField('gate.metrics', [{ ...metric('accuracy'), [field]: value }]);
  expect(() => validateConfig(config)).toThrow(`gate.metrics.0.${field} is ${JSON.stringify(value)}; `);
  expect(() => validateConfig(config)).toThrow(allowed);
});

test('a metric without a naive value needs a threshold', () => {
  const config = withField('gate.metrics', [{ name: 'recall:ill', threshold: null, tolerance: 0 }]);
  expect(() => validateConfig(config)).toThrow(/gate\.metrics\.0\.threshold is null; must be a number/);
  expect(() =>
    validateConfig(withField('gate.metrics', [{ name: 'r2', threshold: -1, tolerance: 0 }])),
  ).not.toThrow();
});

test('a gate may require several metrics, and of the log loss more than 1', () => {
  const metrics = [metric('recall:no such class'), metric('auc'), metric('logLoss', 1.5)];
  const config = withField('gate.metrics', [...metrics, { ...metric('f1'), direction: 'higher' }]);
  expect(validateConfig(config)).toBe(config);
});

test.each(environments)('$environment is valid', (config) => {
  expect(validateConfig(config)).toBe(config);
});

test.each(environments.filter(({ environment }) => !['local', 'dev'].includes(environment)))(
  '$environment is refused without account and region',
  ({ account: _account, region: _region, ...config }) => {
    expect(() => validateConfig(config)).toThrow(
      /- account is missing; must be 12 digits: only local and dev .*\n {2}- region is missing; must be a region such as eu-west-1/,
    );
  },
);

const reached = (changes: Partial<PipelineConfig>): PipelineConfig => ({
  ...environments.find(({ environment }) => environment === 'prod')!,
  account: '111122223333',
  approval: { days: 1, emails: ['lead@team.dev'] },
  notifications: { emails: ['team@team.dev'] },
  ...changes,
});

test('an environment that others rely on is valid with addresses that receive mail', () => {
  expect(() => validateConfig(reached({}))).not.toThrow();
});

test.each<[string, Partial<PipelineConfig>, string]>([
  ['nobody', { notifications: { emails: [] } }, 'notifications.emails is []; must have at least one address'],
  ...['a@example.com', 'a@mail.EXAMPLE.org', 'a@team.example', 'a@x.test', 'a@x.invalid'].map(
    (email) =>
      [
        email,
        { notifications: { emails: ['team@team.dev', email] } },
        `notifications.emails.1 is "${email}"; must be an address that receives mail`,
      ] as [string, Partial<PipelineConfig>, string],
  ),
  [
    'an approver',
    { approval: { days: 1, emails: ['approver@example.com'] } },
    'approval.emails.0 is "approver@example.com"; must be an address that receives mail',
  ],
])('outside of local and dev, %s is refused', (_name, changes, fault) => {
  expect(() => validateConfig(reached(changes))).toThrow(fault);
  // Nothing can be deployed to the placeholder, and dev is one person's.
  expect(() => validateConfig(reached({ ...changes, account: UNASSIGNED }))).not.toThrow();
  expect(() => validateConfig({ ...dev, ...changes, account: '111122223333' })).not.toThrow();
});

test('no two environments of one account share a name', () => {
  const names = environments.map(resourcePrefix);
  expect(new Set(names).size).toBe(names.length);
});
