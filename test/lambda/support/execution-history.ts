import type { HistoryEvent } from '@aws-sdk/client-sfn';

const job = {
  ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
  TrainingTimeInSeconds: 100,
  BillableTimeInSeconds: 40,
};

/** History of an execution that trained a model: 40 of 100 seconds were billed. */
export const TRAINED: HistoryEvent[] = [
  { id: 1, previousEventId: 0, type: 'ExecutionStarted', timestamp: new Date(0) },
  {
    ...{ id: 2, previousEventId: 1, type: 'TaskStateEntered', timestamp: new Date(0) },
    stateEnteredEventDetails: { name: 'Train model' },
  },
  {
    ...{ id: 3, previousEventId: 2, type: 'TaskSubmitted', timestamp: new Date(0) },
    taskSubmittedEventDetails: { resourceType: 'sagemaker', resource: 'createTrainingJob.sync' },
  },
  {
    ...{ id: 4, previousEventId: 3, type: 'TaskSucceeded', timestamp: new Date(0) },
    taskSucceededEventDetails: {
      ...{ resourceType: 'sagemaker', resource: 'createTrainingJob.sync' },
      output: JSON.stringify(job),
    },
  },
];
