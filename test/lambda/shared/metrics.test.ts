import { metricLine } from '../../../lambda/shared/metrics';

test('a line holds the finite values, each as a metric of the pipeline with its unit', () => {
  const line = metricLine(
    'mlops-test',
    'run-1',
    { RunsStarted: 1, GateMetric: NaN, TrainingSeconds: 2.5 },
    7,
  );
  expect(JSON.parse(line)).toEqual({
    _aws: {
      Timestamp: 7,
      CloudWatchMetrics: [
        {
          Namespace: 'MLOps/Pipeline',
          Dimensions: [['Environment']],
          Metrics: [
            { Name: 'RunsStarted', Unit: 'Count' },
            { Name: 'TrainingSeconds', Unit: 'Seconds' },
          ],
        },
      ],
    },
    Environment: 'mlops-test',
    runId: 'run-1',
    RunsStarted: 1,
    TrainingSeconds: 2.5,
  });
});
