import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { HistoryFollower, type StateChange } from '../../cli/execution';
import { parseFlags } from '../../start/flags';
import { summary, type LastRun } from '../../start/report';

describe('flags', () => {
  test('without any, the sample data', () => {
    expect(parseFlags([])).toMatchObject({
      once: false,
      keep: false,
      set: {},
      force: false,
      interruptTraining: 0,
    });
  });

  test('settings add up', () => {
    const { set } = parseFlags(['--set', 'training.epochs=5', '--set', 'training.seed=2']);
    expect(set).toEqual({ 'training.epochs': '5', 'training.seed': '2' });
  });

  test('thresholds add up', () => {
    expect(parseFlags(['--gate', 'accuracy=0.75', '--gate', 'logLoss=0.4']).gate).toBe(
      'accuracy=0.75,logLoss=0.4',
    );
  });

  test.each([
    [
      ['--gate', 'acuracy=0.7'],
      /gate "acuracy=0.7" is not of the form metric=threshold.*metrics are accuracy, /,
    ],
    [['--gate', 'accuracy'], /gate "accuracy" is not of the form/],
    [['--set', 'epochs'], /"epochs" is not of the form name=value/],
    [['--interrupt-training', '-1'], /"-1" is not a whole number from 0 to 20/],
    [['--port', '70000'], /"70000" is not a whole number from 0 to 65535/],
    [['--once', '--keep'], /cannot be used with/],
    [['--fast'], /unknown option '--fast'/],
    [['extra'], /too many arguments/],
  ])('%j is refused', (argv, message) => {
    const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const exit = jest.spyOn(process, 'exit').mockImplementation(() => {
      throw new Error('exit');
    });
    try {
      expect(() => parseFlags(argv)).toThrow('exit');
      expect(exit).toHaveBeenCalledWith(1);
      expect(written.mock.calls.join('')).toMatch(message);
    } finally {
      written.mockRestore();
      exit.mockRestore();
    }
  });
});

describe('HistoryFollower', () => {
  const event = (
    id: number,
    previousEventId: number,
    second: number,
    details: Partial<HistoryEvent>,
  ): HistoryEvent => ({
    id,
    previousEventId,
    timestamp: new Date(second * 1000),
    type: 'TaskStateEntered',
    ...details,
  });
  const entered = (name: string) => ({ stateEnteredEventDetails: { name } });
  const exited = (name: string) => ({ stateExitedEventDetails: { name } });

  test('tells each change once while the history grows, with the seconds of interleaved states', () => {
    const changes: StateChange[] = [];
    const follower = new HistoryFollower((change) => changes.push(change));
    const history = [
      event(1, 0, 0, {}),
      event(2, 1, 1, entered('A')),
      event(3, 1, 2, entered('B')),
      event(4, 2, 4, exited('A')),
      event(5, 3, 8, exited('B')),
      event(6, 5, 9, entered('A')),
      event(7, 6, 10, exited('A')),
    ];
    for (const event of history) follower.add([event]);
    follower.add([]);
    expect(changes.map(({ kind, name, seconds }) => [kind, name, seconds])).toEqual([
      ['entered', 'A', undefined],
      ['entered', 'B', undefined],
      ['left', 'A', 3],
      ['left', 'B', 6],
      ['entered', 'A', undefined],
      ['left', 'A', 1],
    ]);
    expect(follower.secondsByState).toEqual({ A: 4, B: 6 });
  });
});

test('the summary of a rejected run says why, with the numbers, and what serves', () => {
  const lastRun: LastRun = {
    status: 'FAILED',
    executionName: 'run-2',
    runId: 'run-2',
    decision: 'rejected',
    message: 'accuracy 0.6 is below the threshold 0.85',
    error: 'ModelRejected',
    metrics: { accuracy: 0.6, holdoutRows: 116 },
    headline: { name: 'accuracy', value: 0.6, interval: [0.5, 0.7], naive: 0.6, champion: null },
    verdicts: [
      {
        ...{ name: 'accuracy', direction: 'higher', passed: false, value: 0.6, interval: [0.5, 0.7] },
        ...{
          threshold: 0.85,
          naive: { value: 0.55, difference: 0.05, interval: [0.01, 0.1] },
          champion: null,
        },
      },
    ],
    warnings: ['one row makes up 12 % of the test split'],
    championBefore: 'run-1',
    championAfter: 'run-1',
    endpointName: 'endpoint',
    apiUrl: 'http://127.0.0.1:8787/predict',
    apiKey: 'key',
    prediction: {
      answer: 'x',
      probability: 0.9,
      trueLabel: 'y',
      modelVersion: 'run-1',
      variant: 'primary',
    },
    seconds: { total: 3, states: { 'Train model': 2 } },
    containerSeconds: {},
  };
  const text = summary(lastRun, { report: 'last-run.json', mail: 'mail' }, null);
  for (const part of [
    'rejected',
    'ModelRejected',
    'below the threshold',
    '0.6000',
    '0.5000 to 0.7000',
    'naive answer 0.5500',
    'npm start -- --gate accuracy=0.6',
    'lib/config/local.ts',
    'one row makes up 12 %',
    'run-1 → run-1',
    'x (90.0 %), true label y',
    'Train model',
  ]) {
    expect(text).toContain(part);
  }
  expect(text).not.toContain('Try it');
  const [verdict] = lastRun.verdicts;
  const naive = { value: 0.6, difference: 0, interval: [-0.1, 0.1] as const };
  const worthless = { ...lastRun, verdicts: [{ ...verdict!, naive }] };
  const said = summary(worthless, { report: 'last-run.json', mail: 'mail' }, null);
  expect(said).toContain('No other threshold would help: a model has to beat the naive answer');
  expect(said).not.toContain('--gate');
});
