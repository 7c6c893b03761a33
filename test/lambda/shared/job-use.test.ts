import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { jobsOf, type JobUse } from '../../../lambda/shared/job-use';
import { PROCESSING, succeeded, task, TRAINING } from '../support/task-history';

const failed = (cause: string): Partial<HistoryEvent> => ({
  type: 'TaskFailed',
  taskFailedEventDetails: { resourceType: '', resource: '', cause },
});

describe('jobs of a history', () => {
  const used = (resource: string, end: Partial<HistoryEvent>) => jobsOf(task(10, 'Work', resource, end))[0];
  const processing = { state: 'Work', kind: 'processing', type: 'ml.a.large', instances: 1 } as const;

  test.each<[string, string, Partial<HistoryEvent>, JobUse]>([
    ['a processing job', 'createProcessingJob.sync', succeeded(PROCESSING), { ...processing, seconds: 60 }],
    [
      'times as text',
      'createProcessingJob.sync',
      succeeded({
        ...PROCESSING,
        ProcessingStartTime: '2026-01-01T00:00:00Z',
        ProcessingEndTime: '2026-01-01T00:01:30Z',
      }),
      { ...processing, seconds: 90 },
    ],
    [
      'one that failed after it had run',
      'createProcessingJob.sync',
      failed(JSON.stringify({ ...PROCESSING, FailureReason: 'exit code: 1' })),
      { ...processing, seconds: 60 },
    ],
    [
      'one that never had an instance',
      'createProcessingJob.sync',
      failed(JSON.stringify({ ProcessingResources: PROCESSING.ProcessingResources })),
      { ...processing, seconds: 0 },
    ],
    [
      'a training on Spot',
      'createTrainingJob.sync',
      succeeded(TRAINING),
      {
        ...{ state: 'Work', kind: 'training', type: 'ml.b.large', instances: 2 },
        ...{ seconds: 50, onDemandSeconds: 200 },
      },
    ],
    [
      'a transform',
      'createTransformJob.sync',
      succeeded({
        TransformResources: { InstanceType: 'ml.a.large', InstanceCount: 3 },
        TransformStartTime: 0,
        TransformEndTime: 10_000,
      }),
      { state: 'Work', kind: 'transform', type: 'ml.a.large', instances: 3, seconds: 10 },
    ],
    [
      'a build',
      'startBuild.sync',
      succeeded({
        Build: { StartTime: 0, EndTime: 61_000, Environment: { ComputeType: 'BUILD_GENERAL1_SMALL' } },
      }),
      { state: 'Work', kind: 'build', type: 'BUILD_GENERAL1_SMALL', instances: 1, seconds: 61 },
    ],
    [
      'one that was stopped with the run',
      'createProcessingJob.sync',
      {},
      { ...processing, type: undefined, seconds: null },
    ],
    [
      'one that took too long',
      'createProcessingJob.sync',
      { type: 'TaskTimedOut' },
      { ...processing, type: undefined, seconds: null },
    ],
  ])('%s', (_, resource, end, use) => {
    expect(used(resource, end)).toEqual(use);
  });

  test('refused jobs and other tasks are not listed', () => {
    const refused = task(10, 'Train', 'createTrainingJob.sync', failed('no capacity')).filter(
      ({ type }) => type !== 'TaskSubmitted',
    );
    const other = task(20, 'Create model', 'createModel', succeeded({ ModelArn: 'arn' }));
    expect(jobsOf([...refused, ...other])).toEqual([]);
  });
});
