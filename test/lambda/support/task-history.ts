import type { HistoryEvent } from '@aws-sdk/client-sfn';

/** Returns the events of a task from the state's entry to its end. */
export function task(
  first: number,
  name: string,
  resource: string,
  end: Partial<HistoryEvent>,
): HistoryEvent[] {
  const timestamp = new Date(0);
  const submitted = { taskSubmittedEventDetails: { resourceType: 'sagemaker', resource } };
  return [
    {
      id: first,
      previousEventId: 1,
      timestamp,
      type: 'TaskStateEntered',
      stateEnteredEventDetails: { name },
    },
    { id: first + 1, previousEventId: first, timestamp, type: 'TaskScheduled' },
    { id: first + 2, previousEventId: first + 1, timestamp, type: 'TaskSubmitted', ...submitted },
    ...(end.type ? [{ id: first + 3, previousEventId: first + 2, timestamp, ...end } as HistoryEvent] : []),
  ];
}

export const succeeded = (output: object): Partial<HistoryEvent> => ({
  type: 'TaskSucceeded',
  taskSucceededEventDetails: { resourceType: '', resource: '', output: JSON.stringify(output) },
});

export const PROCESSING = {
  ProcessingResources: { ClusterConfig: { InstanceType: 'ml.a.large', InstanceCount: 1 } },
  ProcessingStartTime: 1_000_000,
  ProcessingEndTime: 1_060_000,
};

export const TRAINING = {
  ResourceConfig: { InstanceType: 'ml.b.large', InstanceCount: 2 },
  TrainingTimeInSeconds: 200,
  BillableTimeInSeconds: 50,
};
