import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Champion } from '../../lib/contract/run';
import { distinctChampions, line, rollbackTarget, traceService } from '../../cli/champions';
import { executionArnOf } from '../../cli/execution';
import { chooseEnvironment, isLocal, predictUrl, type Outputs } from '../../cli/place';
import { runTasks } from '../../cli/run-tasks';
import { checkRunName, runName } from '../../cli/start-run';
import { openStates } from '../../cli/states';
import { checkWeights, shares } from '../../cli/weights';

describe('where to work', () => {
  const local = { AWS_ENDPOINT_URL: 'http://127.0.0.1:4577' };
  test.each([
    [undefined, {}, 'dev'],
    [undefined, local, 'local'],
    [undefined, { AWS_ENDPOINT_URL: 'https://vpce.example.com' }, 'dev'],
    [undefined, { ...local, MLOPS_ENVIRONMENT: 'stage' }, 'stage'],
    ['prod', { MLOPS_ENVIRONMENT: 'stage' }, 'prod'],
  ])('flag %s with %j is %s', (flag, variables, environment) => {
    expect(chooseEnvironment(flag, variables)).toBe(environment);
  });

  test.each([
    ['Dev', {}, /--environment is "Dev"/],
    ['', {}, /--environment is ""/],
    [undefined, { MLOPS_ENVIRONMENT: 'a b' }, /MLOPS_ENVIRONMENT is "a b"/],
  ])('flag %j with %j is refused', (flag, variables, message) => {
    expect(() => chooseEnvironment(flag, variables)).toThrow(message);
  });

  test.each([
    ['http://localhost:1', true],
    ['http://[::1]:1', true],
    ['http://127.0.0.2', true],
    ['http://127.0.0.1.example.com', false],
    ['nonsense', false],
  ])('%s is this machine: %s', (AWS_ENDPOINT_URL, expected) => {
    expect(isLocal({ AWS_ENDPOINT_URL })).toBe(expected);
  });

  test("predictions go to the API's address, in AWS and on this machine", () => {
    const outputs = { PredictUrl: 'https://abc.execute-api.eu-west-1.amazonaws.com/v1/predict' } as Outputs;
    expect(predictUrl(outputs, {})).toBe(outputs.PredictUrl);
    const url = predictUrl(outputs, { ...local, MLOPS_API_URL: 'http://127.0.0.1:8788' });
    expect(url).toBe('http://127.0.0.1:8788/abc/v1/predict');
    expect(() => predictUrl(outputs, local)).toThrow(/MLOPS_API_URL is ""; .* set it to what npm start/);
  });
});

describe('names of runs', () => {
  test('the time makes one that Step Functions takes', () => {
    const name = runName(new Date('2026-11-20T15:17:25.910Z'));
    expect(name).toBe('run-20261120151725910');
    expect(checkRunName(name)).toBe(name);
    expect(executionArnOf('arn:aws:states:eu-west-1:1:stateMachine:M', name)).toBe(
      'arn:aws:states:eu-west-1:1:execution:M:run-20261120151725910',
    );
  });

  test.each(['', 'a b', 'a/b', 'x'.repeat(81)])('%j is refused', (name) => {
    expect(() => checkRunName(name)).toThrow(/--name is ".*"; allowed are 1 to 80/);
  });
});

describe('champions', () => {
  const champion = (runId: string, hour: number) =>
    ({ runId, endpointConfigName: `config-${runId}`, deployedAt: `2026-01-01T${10 + hour}:00Z` }) as Champion;
  /** @param ids oldest first, as they were recorded */
  const records = (ids: string) => [...ids].map(champion).reverse();
  const ids = (champions: readonly Champion[]) => champions.map(({ runId }) => runId).join('');

  test.each([
    ['', ''],
    ['A', 'A'],
    ['ABC', 'ABC'],
    // Back to B: C is taken back, and what follows never leads to it again.
    ['ABCB', 'AB'],
    ['ABCBA', 'A'],
    ['ABCBD', 'ABD'],
    // Somebody named C: it is in the line once more.
    ['ABCBC', 'ABC'],
  ])('of the records %s the line is %s', (recorded, expected) => {
    expect(ids(line(records(recorded)))).toBe(expected);
  });

  test('each is listed once, by its newest record', () => {
    expect(distinctChampions(records('ABA')).map(({ deployedAt }) => deployedAt)).toEqual([
      '2026-01-01T12:00Z',
      '2026-01-01T11:00Z',
    ]);
  });

  test.each([
    ['AB', 'B', undefined, 'A'],
    ['ABCB', 'B', undefined, 'A'],
    ['ABC', 'C', 'A', 'A'],
    // Put into service by a rollback that was cut short before it was recorded.
    ['ABC', 'A', 'A', 'A'],
  ])('of %s with %s in service, --to %s goes to %s', (recorded, inService, to, expected) => {
    expect(rollbackTarget(records(recorded), `config-${inService}`, to).runId).toBe(expected);
  });

  test.each([
    ['', 'A', undefined, /no champion is recorded/],
    ['A', 'A', undefined, /no champion before "A"/],
    ['ABA', 'A', undefined, /no champion before "A"/],
    ['AB', 'X', undefined, /serves configuration "config-X", which is not the champion's, config-B/],
    ['AB', 'B', 'B', /"B" is in service already/],
    ['AB', 'B', 'Z', /--to is "Z", which was never a champion/],
  ])('of %s with %s in service, --to %s is refused', (recorded, inService, to, message) => {
    expect(() => rollbackTarget(records(recorded), `config-${inService}`, to)).toThrow(message);
  });

  test('lineage says when a model served, and what replaced it', () => {
    expect(traceService(records('ABA'), 'A')).toEqual([
      { from: '2026-01-01T10:00Z', until: '2026-01-01T11:00Z', replacedBy: 'B' },
      { from: '2026-01-01T12:00Z', until: null, replacedBy: null },
    ]);
    expect(traceService(records('AB'), 'C')).toEqual([]);
  });
});

describe('weights', () => {
  test.each([
    [{ a: '3' }, { a: 3 }],
    [
      { a: '0', b: '.5' },
      { a: 0, b: 0.5 },
    ],
  ])('%j is taken', (given, wanted) => {
    expect(checkWeights(given as Record<string, string>, { a: 1, b: 1 })).toEqual(wanted);
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ c: '1' }, /names "c", which the endpoint has not; allowed are a, b/],
    [{ a: '-1' }, /a has the weight "-1"; allowed are numbers from 0 on/],
    [{ a: 'NaN' }, /weight "NaN"/],
    [{ a: '1e400' }, /weight "1e400"/],
    [{ a: '0', b: '0' }, /leaves every weight at 0/],
    [{ toString: '1' }, /names "toString"/],
  ])('%j is refused', (given, message) => {
    expect(() => checkWeights(given, { a: 1, b: 1 })).toThrow(message);
  });

  test('shares add up', () => {
    expect(shares({ a: 4, b: 1 })).toEqual({ a: 0.8, b: 0.2 });
    expect(shares({ a: 0 })).toEqual({ a: 0 });
  });
});

describe('the history of a run', () => {
  const event = (id: number, previousEventId: number, type: string, details: object = {}) =>
    ({ id, previousEventId, type, timestamp: new Date(id * 1000), ...details }) as HistoryEvent;
  const scheduled = (id: number, previous: number, resource: string, parameters: object) =>
    event(id, previous, 'TaskScheduled', {
      taskScheduledEventDetails: { resource, parameters: JSON.stringify(parameters) },
    });

  test('names jobs, functions and builds with their times, interleaved and retried', () => {
    const image = 'repo@sha256:1';
    const training = { TrainingJobName: 't-0', AlgorithmSpecification: { TrainingImage: image } };
    const build = { output: JSON.stringify({ Build: { Id: 'project:1' } }) };
    const tasks = runTasks([
      event(1, 0, 'TaskStateEntered'),
      scheduled(2, 1, 'createTrainingJob.sync', training),
      scheduled(3, 1, 'startBuild.sync', {}),
      event(4, 2, 'TaskStarted'),
      event(5, 4, 'TaskFailed'),
      scheduled(6, 5, 'createTrainingJob.sync', { ...training, TrainingJobName: 't-1' }),
      event(7, 3, 'TaskSubmitted', { taskSubmittedEventDetails: build }),
      scheduled(8, 1, 'invoke', { FunctionName: 'arn:f' }),
      event(9, 8, 'TaskSucceeded'),
      scheduled(10, 9, 'updateEndpoint', {}),
    ]);
    const group = '/aws/sagemaker/TrainingJobs';
    expect(tasks).toEqual([
      { kind: 'job', name: 't-0', group, image, from: 2000, until: 5000 },
      { kind: 'build', id: 'project:1', from: 3000 },
      { kind: 'job', name: 't-1', group, image, from: 6000 },
      { kind: 'function', name: 'arn:f', from: 8000, until: 9000 },
    ]);
  });

  test('tells the states that it is in, branches included', () => {
    const entered = (id: number, previous: number, name: string) =>
      event(id, previous, 'TaskStateEntered', { stateEnteredEventDetails: { name } });
    const events = [
      entered(1, 0, 'Both'),
      event(2, 1, 'ParallelStateStarted'),
      entered(3, 2, 'A'),
      entered(4, 2, 'B'),
      scheduled(5, 4, 'invoke', {}),
      event(6, 3, 'TaskStateExited', { stateExitedEventDetails: { name: 'A' } }),
    ];
    expect(openStates(events.slice(0, 5))).toEqual(['A', 'B']);
    expect(openStates(events)).toEqual(['B']);
  });
});
