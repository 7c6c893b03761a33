import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { runTasks } from '../../cli/run-tasks';

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
