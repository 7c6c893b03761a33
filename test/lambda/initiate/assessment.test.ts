import { assess, type Findings } from '../../../lambda/initiate/assessment';
import type { Challenger, Champion } from '../../../lib/contract/run';
import { CHAMPION } from '../../templates/support/dry-run';

const whole: Findings = {
  champion: CHAMPION,
  challenger: null,
  parts: {
    ...{ artifact: true, image: true },
    model: { image: CHAMPION.inferenceImage, modelDataUrl: CHAMPION.modelDataUrl },
    config: { models: [CHAMPION.modelName] },
  },
  endpoint: { name: 'e', now: { status: 'InService', config: CHAMPION.endpointConfigName }, stopped: false },
  testable: false,
  former: null,
  names: { model: 'new-model', endpointConfig: 'new-config' },
};
const parts = (changes: Partial<Findings['parts']>): Partial<Findings> => ({
  parts: { ...whole.parts, ...changes },
});
const endpoint = (now: NonNullable<Findings['endpoint']>['now'], stopped = false): Partial<Findings> => ({
  endpoint: { name: 'e', now, stopped },
});
const config = CHAMPION.endpointConfigName;
const challenger = { runId: 'run-2', testConfigName: 'test' } as Challenger;
const former = { runId: 'run-former' } as Champion;

describe('nothing is restored', () => {
  test.each<[string, Partial<Findings>]>([
    ['if all is as recorded', {}],
    ['if the image is of a registry that is not read', parts({ image: undefined })],
    ['outside of the working hours', endpoint(undefined, true)],
    [
      'for batch predictions, which have neither endpoint nor configuration',
      { endpoint: undefined, ...parts({ config: null }) },
    ],
    [
      'while the endpoint serves the test',
      { challenger, testable: true, ...endpoint({ status: 'InService', config: 'test' }) },
    ],
  ])('%s', (_, changes) => {
    expect(assess({ ...whole, ...changes })).toEqual({
      ...{ champion: CHAMPION, judgedAgainst: CHAMPION, restore: null, warnings: [] },
      ...{ broken: undefined, fault: undefined },
    });
  });
});

describe('the champion is restored', () => {
  const usual = { configName: config, createModel: false, createConfig: null, record: false };
  test.each<[string, Partial<Findings>, object, RegExp]>([
    ['without an endpoint', endpoint(undefined), usual, /"e" does not exist/],
    ['on a failed one', endpoint({ status: 'Failed', config }), usual, /"e" is Failed/],
    ['during an update', endpoint({ status: 'Updating', config }), usual, /"e" is Updating/],
    ['on another configuration', endpoint({ status: 'InService', config: 'x' }), usual, /"x" instead of/],
    [
      'without a model',
      parts({ model: null }),
      { createModel: true, createConfig: null, endpoint: false, record: false },
      /model .* was deleted/,
    ],
    [
      'without a configuration',
      parts({ config: null }),
      { createConfig: config, endpoint: false, record: false },
      /configuration .* was deleted/,
    ],
    [
      'after the model was replaced',
      parts({ model: { image: 'other', modelDataUrl: CHAMPION.modelDataUrl } }),
      {
        createModel: true,
        createConfig: 'new-config',
        configName: 'new-config',
        record: true,
        endpoint: true,
      },
      /model .* is another one than recorded/,
    ],
    [
      'after the configuration was replaced',
      parts({ config: { models: ['x'] } }),
      {
        createModel: false,
        createConfig: 'new-config',
        configName: 'new-config',
        record: true,
      },
      /configuration .* is another one/,
    ],
    [
      'during a test, with both models',
      { challenger, testable: true, ...endpoint(undefined) },
      { configName: 'test', challenger: 'run-2' },
      /does not exist/,
    ],
    [
      'alone, if the test’s configuration is gone',
      { challenger, ...endpoint(undefined) },
      { configName: config, challenger: 'run-2' },
      /does not exist/,
    ],
    [
      'outside of the working hours, without an endpoint',
      { ...endpoint(undefined, true), ...parts({ model: null }) },
      { endpoint: false, createModel: true },
      /model/,
    ],
    [
      'for batch predictions, its model',
      { endpoint: undefined, ...parts({ model: null, config: null }) },
      { endpoint: false, createModel: true, createConfig: null, record: false },
      /model/,
    ],
  ])('%s', (_, changes, expected, reason) => {
    const { restore, champion, judgedAgainst, warnings } = assess({ ...whole, ...changes });
    expect(restore).toMatchObject({ ...expected, reason: expect.stringMatching(reason) });
    const { createModel, createConfig, record } = restore!;
    const renamed = {
      ...(record && { endpointConfigName: createConfig }),
      ...(record && createModel && { modelName: 'new-model' }),
    };
    expect([champion, judgedAgainst, warnings]).toEqual([{ ...CHAMPION, ...renamed }, champion, []]);
  });
});

describe('a champion that cannot be deployed again', () => {
  test.each<[string, Partial<Findings>, RegExp]>([
    [
      'without its artifact',
      parts({ artifact: false }),
      /artifact s3:.* was deleted; bring the artifact back/,
    ],
    ['without its image', parts({ image: false }), /image .* was deleted; push the image/],
    [
      'without an endpoint either',
      { ...parts({ artifact: false }), ...endpoint(undefined) },
      /"e" does not exist, artifact/,
    ],
  ])('%s is not restored, and the candidate meets the one before', (_, changes, warning) => {
    const found = assess({ ...whole, ...changes, former });
    expect(found).toMatchObject({ restore: null, judgedAgainst: former, broken: expect.any(String) });
    expect(found.warnings).toEqual([expect.stringMatching(warning), expect.stringContaining('run-former')]);
  });

  test('is followed by a candidate that meets none, if no former one is whole', () => {
    const found = assess({ ...whole, ...parts({ artifact: false }) });
    expect([found.judgedAgainst, found.warnings[1]]).toEqual([null, expect.stringContaining('against none')]);
  });
});
