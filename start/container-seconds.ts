import {
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { HistoryEvent } from '@aws-sdk/client-sfn';

/** Returns the seconds that the container programs took, by job name. */
export async function containerSeconds(
  sagemaker: SageMakerClient,
  events: readonly HistoryEvent[],
): Promise<Record<string, number>> {
  const seconds: Record<string, number> = {};
  for (const { taskScheduledEventDetails: task } of submittedTasks(events)) {
    const parameters = JSON.parse(task?.parameters ?? '{}') as Record<string, string>;
    const { TrainingJobName, ProcessingJobName } = parameters;
    const times =
      task?.resource === 'createTrainingJob.sync'
        ? await trainingTimes(sagemaker, TrainingJobName!)
        : task?.resource === 'createProcessingJob.sync'
          ? await processingTimes(sagemaker, ProcessingJobName!)
          : undefined;
    if (times?.[0] && times[1]) {
      seconds[(TrainingJobName ?? ProcessingJobName)!] = (times[1].getTime() - times[0].getTime()) / 1000;
    }
  }
  return seconds;
}

/** Returns the TaskScheduled events of jobs that SageMaker created: a refused job cannot be described. */
function submittedTasks(events: readonly HistoryEvent[]): HistoryEvent[] {
  const byId = new Map(events.map((event) => [event.id, event]));
  return events
    .filter(({ type }) => type === 'TaskSubmitted')
    .map(({ previousEventId }) => byId.get(byId.get(previousEventId)!.previousEventId)!);
}

type Times = [Date | undefined, Date | undefined];

async function trainingTimes(client: SageMakerClient, TrainingJobName: string): Promise<Times> {
  const job = await client.send(new DescribeTrainingJobCommand({ TrainingJobName }));
  return [job.TrainingStartTime, job.TrainingEndTime];
}

async function processingTimes(client: SageMakerClient, ProcessingJobName: string): Promise<Times> {
  const job = await client.send(new DescribeProcessingJobCommand({ ProcessingJobName }));
  return [job.ProcessingStartTime, job.ProcessingEndTime];
}
