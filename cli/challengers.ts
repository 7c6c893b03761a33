import { DeleteEndpointConfigCommand, DeleteModelCommand } from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { unlessAbsent } from '../lib/contract/endpoint';
import { layout } from '../lib/contract/layout';
import { isWorkingHoursLock, type Challenger, type EndpointLock } from '../lib/contract/run';
import { readJson } from './artifacts';
import { OperatorError } from './errors';
import type { Pipeline } from './pipeline';

/** Returns the challenger, which is tested against the champion; null if there is none. */
export function findChallenger({ s3, outputs }: Pipeline): Promise<Challenger | null> {
  return readJson<Challenger>(s3, outputs.ArtifactsBucketName, layout.challenger);
}

/**
 * Checks that no run holds the endpoint lock. A run that only observes a challenger does not count.
 *
 * @throws OperatorError naming the run that holds the lock
 */
export async function assertUnlocked(pipeline: Pipeline): Promise<void> {
  const { s3, sfn, outputs } = pipeline;
  const lock = await readJson<EndpointLock>(s3, outputs.ArtifactsBucketName, layout.endpointLock);
  if (!lock) return;
  if (isWorkingHoursLock(lock)) {
    if (Date.parse(lock.until) <= Date.now()) return;
    throw new OperatorError(
      `the endpoint is being ${lock.action === 'start' ? 'started' : 'stopped'} for its working hours; try again in a few minutes.`,
    );
  }
  if (lock.released || (await findChallenger(pipeline))) return;
  try {
    const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn: lock.executionArn }));
    if (status !== 'RUNNING') return;
  } catch (error) {
    // Step Functions deletes executions 90 days after their end.
    if ((error as Error).name === 'ExecutionDoesNotExist') return;
    throw error;
  }
  throw new OperatorError(
    `run "${lock.runId}" is deploying a model; wait until it has ended (mlops status ${lock.runId} --watch), then try again.`,
  );
}

/**
 * Ends a test: deletes the endpoint configuration with both models, and then the test's record. The record comes last of
 * all: without it, an interrupted command could not be repeated.
 */
export async function endTest(pipeline: Pipeline, { testConfigName }: Challenger): Promise<void> {
  const { s3, sagemaker, outputs } = pipeline;
  await unlessAbsent(() =>
    sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: testConfigName })),
  );
  await s3.send(new DeleteObjectCommand({ Bucket: outputs.ArtifactsBucketName, Key: layout.challenger }));
}

/** Deletes a rejected challenger's endpoint configuration and model. Its artifact stays in S3, its version in the registry. */
export async function removeChallenger(
  { sagemaker }: Pipeline,
  { endpointConfigName, modelName }: Challenger,
): Promise<void> {
  await unlessAbsent(() =>
    sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: endpointConfigName })),
  );
  await unlessAbsent(() => sagemaker.send(new DeleteModelCommand({ ModelName: modelName })));
}
