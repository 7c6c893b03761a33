import { environments } from '../support/configs';
import { ErrorName } from '../../lib/contract/errors';
import { aslValidatorFaults, definitionFaults } from './support/definition-check';
import { allStates, definitionOf } from './support/state-machine';
import { synthesise } from './support/synthesis';
import * as variants from './support/variants';

const CONFIGS = {
  ...Object.fromEntries(environments.map((config) => [config.environment, config])),
  ...Object.fromEntries(
    Object.entries(variants).flatMap(([name, value]) =>
      'endpoint' in value ? [[name, value] as const] : [],
    ),
  ),
};

describe.each(Object.entries(CONFIGS))('the state machine of %s', (_, config) => {
  const definition = definitionOf(synthesise(config));
  const states = allStates(definition);

  test('has no fault that a static check finds', () => {
    expect(states.length).toBeGreaterThan(40);
    expect(aslValidatorFaults(definition)).toBe('');
    expect(definitionFaults(definition, Object.values(ErrorName))).toEqual([]);
  });

  test('has a timeout above that of training and the waits for Spot and approval', () => {
    const { maxRuntimeMinutes, spot } = config.training;
    const days = config.approval?.days ?? 0;
    const longest = (maxRuntimeMinutes + (spot?.maxWaitMinutes ?? 0)) * 60 + days * 86_400;
    expect(definition.TimeoutSeconds).toBeGreaterThan(longest);
  });

  // The history, the progress display and the notification name a state by its name alone.
  test('names each state once; a question is a choice and the reverse', () => {
    const names = states.map(([name]) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    for (const [name, { Type }] of states)
      expect([name, Type === 'Choice']).toEqual([name, name.endsWith('?')]);
  });

  test('rolls the deployment back after any failure in it', () => {
    const deployment = [
      'Create model',
      'Create endpoint configuration',
      'Create endpoint',
      'Update endpoint',
      'Delete failed endpoint',
      'Describe endpoint',
      'Smoke test',
      'Record champion',
    ];
    const batch = config.endpoint.serving.kind === 'batch';
    // Without an endpoint there is a model to remove, once it is made.
    const [tasks, undo] = batch
      ? [['List inputs', 'Score inputs', 'Record champion'], 'Delete candidate model']
      : [deployment, 'Undo deployment'];
    for (const name of tasks) {
      const state = states.find(([found]) => found === name)![1];
      const { ErrorEquals, Next = '' } = ('Catch' in state && state.Catch?.at(-1)) || {};
      // What is done already is no failure.
      const handler = states.find(([found]) => found === Next)?.[1];
      const to = handler?.Type === 'Choice' ? handler.Default : Next;
      expect([name, ErrorEquals, to]).toEqual([name, ['States.ALL'], undo]);
    }
  });
});

/** For review when the workflow changes; without hashes of code. */
test.each(environments)('the definition of $environment', (config) => {
  const text = JSON.stringify(definitionOf(synthesise(config))).replace(
    /\b[0-9a-f]{32}([0-9a-f]{32})?\b/g,
    'HASH',
  );
  expect(JSON.parse(text)).toMatchSnapshot();
});
