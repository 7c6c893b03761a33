import { DeleteEndpointConfigCommand, DeleteModelCommand } from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { layout } from '../lib/contract/layout';
import { isWorkingHoursLock, type Challenger, type EndpointLock } from '../lib/contract/run';
import { readJson } from './artifacts';
import { isAbsent, OperatorError } from './errors';
import type { Pipeline } from './pipeline';

/** The model that is tested beside the champion; null where none is. */
export function findChallenger({ s3, outputs }: Pipeline): Promise<Challenger | null> {
  return readJson<Challenger>(s3, outputs.ArtifactsBucketName, layout.challenger);
}

/**
 * A run that deploys is left alone; one that only observes a challenger is not deploying any more.
 *
 * @throws OperatorError naming the run
 */
export async function assertNobodyDeploys(pipeline: Pipeline): Promise<void> {
  const { s3, sfn, outputs } = pipeline;
  const claim = await readJson<EndpointLock>(s3, outputs.ArtifactsBucketName, layout.endpointLock);
  if (!claim) return;
  if (isWorkingHoursLock(claim)) {
    if (Date.parse(claim.until) <= Date.now()) return;
    throw new OperatorError(
      `the endpoint is being ${claim.action === 'start' ? 'started' : 'stopped'} for its working hours; wait some minutes, and try again.`,
    );
  }
  if (await findChallenger(pipeline)) return;
  try {
    const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn: claim.executionArn }));
    if (status !== 'RUNNING') return;
  } catch (error) {
    // Step Functions forgets an execution after 90 days.
    if ((error as Error).name === 'ExecutionDoesNotExist') return;
    throw error;
  }
  throw new OperatorError(
    `run "${claim.runId}" is deploying; two deployments never go on at once: wait until it has ended (mlops status ${claim.runId} --watch).`,
  );
}

/** The test is over: its record goes, and the configuration that had both models. */
export async function endTest(pipeline: Pipeline, { testConfigName }: Challenger): Promise<void> {
  const { s3, sagemaker, outputs } = pipeline;
  await s3.send(new DeleteObjectCommand({ Bucket: outputs.ArtifactsBucketName, Key: layout.challenger }));
  await unlessAbsent(() =>
    sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: testConfigName })),
  );
}

/** What a challenger that lost leaves in SageMaker; its artifact stays in S3, its version in the registry. */
export async function removeChallenger(
  { sagemaker }: Pipeline,
  { endpointConfigName, modelName }: Challenger,
): Promise<void> {
  await unlessAbsent(() =>
    sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: endpointConfigName })),
  );
  await unlessAbsent(() => sagemaker.send(new DeleteModelCommand({ ModelName: modelName })));
}

async function unlessAbsent(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}
