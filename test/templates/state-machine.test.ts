import { checkDefinition } from '../../local/states';
import { allStates, definitionOf } from './support/state-machine';
import { dev, local, synthesise } from './support/synthesis';

// eslint-disable-next-line @typescript-eslint/no-require-imports -- the package has no types and exports a function
const validateAsl = require('asl-validator') as (definition: unknown) => {
  isValid: boolean;
  errorsText(): string;
};

const JSONPATH_FIELDS = [
  'InputPath',
  'OutputPath',
  'Parameters',
  'ResultPath',
  'ResultSelector',
  'ItemsPath',
];

describe.each([dev, local])('the state machine of $environment', (config) => {
  const definition = definitionOf(synthesise(config));
  const states = allStates(definition);

  test('is valid States Language, to two judges', () => {
    const verdict = validateAsl(definition);
    expect(verdict.isValid ? '' : verdict.errorsText()).toBe('');
    expect(checkDefinition(definition)).toEqual([]);
  });

  test('speaks JSONata and no JSONPath', () => {
    expect(definition.QueryLanguage).toBe('JSONata');
    for (const [name, state] of states) {
      expect([name, state.QueryLanguage ?? 'JSONata']).toEqual([name, 'JSONata']);
      expect([name, Object.keys(state).filter((field) => JSONPATH_FIELDS.includes(field))]).toEqual([
        name,
        [],
      ]);
    }
  });

  // Without one, a task that hangs holds its run for a year.
  test('bounds every task, and the whole, in time', () => {
    const tasks = states.filter(([, { Type }]) => Type === 'Task');
    expect(tasks.length).toBeGreaterThan(20);
    for (const [name, task] of tasks)
      expect([name, task]).toEqual([
        name,
        expect.objectContaining({ TimeoutSeconds: expect.any(Number) as number }),
      ]);
    const { maxRuntimeMinutes, spot } = config.training;
    expect(definition.TimeoutSeconds).toBeGreaterThan((maxRuntimeMinutes + (spot?.maxWaitMinutes ?? 0)) * 60);
  });

  // A Choice that matches nothing ends the run with States.Runtime, which nobody can catch.
  test('has a default for every choice', () => {
    const choices = states.filter(([, { Type }]) => Type === 'Choice');
    expect(choices.length).toBeGreaterThan(8);
    for (const [name, choice] of choices)
      expect([name, choice]).toEqual([
        name,
        expect.objectContaining({ Default: expect.any(String) as string }),
      ]);
  });

  // The history, the progress display and the notification name a state by its name alone.
  test('names each state once; a question is a choice and the reverse', () => {
    const names = states.map(([name]) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    for (const [name, { Type }] of states)
      expect([name, Type === 'Choice']).toEqual([name, name.endsWith('?')]);
  });

  test('undoes the deployment whatever fails in it', () => {
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
    for (const name of deployment) {
      const state = states.find(([found]) => found === name)![1];
      expect([name, 'Catch' in state && state.Catch]).toEqual([
        name,
        [expect.objectContaining({ ErrorEquals: ['States.ALL'], Next: 'Undo deployment' })],
      ]);
    }
  });
});

/** What a reviewer reads when the workflow changes; hashes of code are left out, since they change with it. */
test('the definition of local', () => {
  const text = JSON.stringify(definitionOf(synthesise(local))).replace(
    /\b[0-9a-f]{32}([0-9a-f]{32})?\b/g,
    'HASH',
  );
  expect(JSON.parse(text)).toMatchSnapshot();
});
