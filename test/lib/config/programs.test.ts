import { dev as devPlace, local as localPlace, xgboost } from '../../../lib';
import { validateConfig, validateProject, type PipelineConfig } from '../../../lib/config';
import { builtInImage } from '../../../lib/config/built-ins';
import { dev, REGION } from '../../templates/support/synthesis';
import { builtIn, byTransform, prebuilt } from '../../templates/support/variants';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const image = (host: string) => ({ image: `${host}/name@${DIGEST}` });
const serving = (config: PipelineConfig, serve: object): PipelineConfig =>
  ({ ...config, programs: { ...config.programs, serve } }) as PipelineConfig;
const here = { ...dev, region: REGION };

test.each(['regression', 'binary', { classes: 3 }] as const)('xgboost for %j is a valid model', (task) => {
  const model = xgboost({ task, hyperparameterValues: { 'training.num_round': 300 } });
  expect(() =>
    validateProject({ name: 'mlops', pipelines: [{ model, places: [devPlace, localPlace] }] }),
  ).not.toThrow();
});

test('the registries are those of all commercial regions and partitions, each an account', () => {
  const { accounts } = builtInImage('xgboost');
  expect(accounts).toMatchObject({ 'us-east-1': '683313688378', 'cn-north-1': '450853457545' });
  for (const account of Object.values(accounts)) expect(account).toMatch(/^\d{12}$/);
});

describe('a program is refused with', () => {
  test.each<[string, PipelineConfig, string | RegExp]>([
    [
      'an image without a digest',
      serving(here, { image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/name:latest' }),
      /^ {2}- programs\.serve\.image is ".*name:latest"; must be an image of Amazon ECR by its digest/m,
    ],
    [
      'an image of another kind of registry',
      serving(here, image('ghcr.io')),
      'must be an image of Amazon ECR',
    ],
    [
      'an image of another region',
      serving(here, image('123456789012.dkr.ecr.us-east-1.amazonaws.com')),
      /programs\.serve\.image is ".*"; must be an image of dkr\.ecr\.eu-west-1\.amazonaws\.com, the registry of the pipeline's region/,
    ],
    [
      'an image of another partition',
      serving({ ...here, region: 'cn-north-1' }, image('123456789012.dkr.ecr.cn-north-1.amazonaws.com')),
      'must be an image of dkr.ecr.cn-north-1.amazonaws.com.cn',
    ],
    [
      'an unknown version of a built-in algorithm',
      serving(builtIn, { builtIn: 'xgboost', version: '9.9' }),
      'programs.serve.version is "9.9"; must be one of 1.7-1, 3.0-5',
    ],
    [
      'an unknown algorithm',
      serving(builtIn, { builtIn: 'lightgbm', version: '1' }),
      'must be one of xgboost',
    ],
    [
      'a region without a known registry',
      { ...builtIn, region: 'xx-east-9' },
      /programs\.train\.builtIn is "xgboost" in region "xx-east-9"; must be in one of af-south-1/,
    ],
    [
      'a built-in algorithm to evaluate with',
      { ...builtIn, programs: { ...builtIn.programs, evaluate: undefined } },
      'programs.evaluate is missing with programs.serve.builtIn "xgboost"; must be a program that scores answers',
    ],
    [
      'no splits for a built-in algorithm',
      { ...builtIn, splits: undefined },
      'splits is missing with programs.train.builtIn "xgboost"; must be {"header":false,"label":"first"',
    ],
    [
      'the label where the algorithm does not look for it',
      { ...builtIn, splits: { header: false, label: 'last', contentType: 'text/csv' } },
      '"label":"last"',
    ],
    [
      'several instances that would all read all rows',
      { ...builtIn, training: { ...builtIn.training, instanceCount: 2 } },
      'training.instanceCount is 2 with programs.train.builtIn "xgboost"; must be 1',
    ],
    [
      'rows with a header for a transform job',
      { ...byTransform, splits: { header: true, label: 'first', contentType: 'text/csv' } },
      'with programs.evaluate; must have "header": false',
    ],
    [
      'an instance type on which no transform job runs',
      { ...byTransform, evaluation: { ...byTransform.evaluation, instanceType: 'ml.t3.medium' } },
      'evaluation.instanceType is "ml.t3.medium" with programs.evaluate; must be',
    ],
    [
      'a gate on what transform jobs do not measure',
      {
        ...byTransform,
        gate: {
          ...byTransform.gate,
          metrics: [{ name: 'latencyP99Ms', threshold: 10, tolerance: 1 }],
        },
      },
      'gate.metrics.0.name is "latencyP99Ms" with programs.evaluate; must be a metric of the answers',
    ],
  ])('%s', (_, config, message) => {
    expect(() => validateConfig(config)).toThrow(message);
  });

  test('nothing where all is right', () => {
    for (const config of [builtIn, { ...builtIn, region: REGION }, byTransform, prebuilt])
      expect(validateConfig(config)).toBe(config);
  });
});
