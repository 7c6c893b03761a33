import { colorsOf } from '../../cli/colors';
import { summary, type LastRun } from '../../start/report';

test('the summary of a rejected run has the reason, the numbers, the champion and a threshold to try', () => {
  const lastRun: LastRun = {
    status: 'FAILED',
    executionName: 'run-2',
    runId: 'run-2',
    model: 'table',
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
      answer: { modelVersion: 'run-1', predictions: [{ label: 'x', probabilities: { x: 0.9 } }] },
      difference: null,
      trueLabel: 'y',
      modelVersion: 'run-1',
      variant: 'primary',
    },
    seconds: { total: 3, states: { 'Train model': 2 } },
    containerSeconds: {},
  };
  const text = summary(lastRun, { report: 'last-run.json', mail: 'mail' }, null, colorsOf({ isTTY: false }));
  for (const part of [
    'rejected',
    'ModelRejected',
    '0.6000',
    '0.5000 to 0.7000',
    'naive answer 0.5500',
    'npm start -- --gate accuracy=0.6',
    'configuration of model "table"',
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
  const withoutSkill = { ...lastRun, verdicts: [{ ...verdict!, naive }] };
  const said = summary(
    withoutSkill,
    { report: 'last-run.json', mail: 'mail' },
    null,
    colorsOf({ isTTY: false }),
  );
  expect(said).not.toContain('--gate');
});
