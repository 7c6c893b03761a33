import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  type DescribeEndpointOutput,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAbsent, OperatorError } from './errors';
import type { Pipeline } from './pipeline';
import { absence } from './working-hours';

/** A change of an endpoint ends within SageMaker's own limit on a deployment, 8 h; most take minutes. */
const SETTLE_TIMEOUT_MS = 8 * 3_600_000;

/** @returns undefined where no run has deployed a model yet */
export async function findEndpoint(
  sagemaker: SageMakerClient,
  EndpointName: string,
): Promise<DescribeEndpointOutput | undefined> {
  return unlessAbsent(() => sagemaker.send(new DescribeEndpointCommand({ EndpointName })));
}

/** @throws OperatorError where there is none, or where SageMaker would refuse to change it now */
export async function changeableEndpoint({
  sagemaker,
  outputs,
}: Pick<Pipeline, 'sagemaker' | 'outputs'>): Promise<DescribeEndpointOutput> {
  const name = outputs.EndpointName;
  const endpoint = await findEndpoint(sagemaker, name);
  if (!endpoint) throw new OperatorError(absence(outputs, Date.now()));
  const { EndpointStatus } = endpoint;
  if (EndpointStatus === 'InService') return endpoint;
  throw new OperatorError(
    `endpoint "${name}" is ${EndpointStatus}; it can be changed only while it is InService; ${
      EndpointStatus === 'Failed' ? 'the next run makes it anew' : 'wait until that has ended, and try again'
    }.`,
  );
}

/** Waits until SageMaker changes the endpoint no longer. */
export async function settledEndpoint(
  sagemaker: SageMakerClient,
  EndpointName: string,
  pollMs: number,
): Promise<DescribeEndpointOutput> {
  const deadline = Date.now() + SETTLE_TIMEOUT_MS;
  for (;;) {
    const endpoint = await sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
    if (!/^(Creating|Updating|SystemUpdating|RollingBack)$/.test(endpoint.EndpointStatus!)) return endpoint;
    if (Date.now() > deadline)
      throw new OperatorError(
        `endpoint "${EndpointName}" is still ${endpoint.EndpointStatus} after 8 hours; look at it in SageMaker.`,
      );
    await sleep(pollMs);
  }
}

/** Whether SageMaker still has a model. */
export async function hasModel(sagemaker: SageMakerClient, ModelName: string): Promise<boolean> {
  return Boolean(await unlessAbsent(() => sagemaker.send(new DescribeModelCommand({ ModelName }))));
}

/** Whether SageMaker still has an endpoint configuration. */
export async function hasConfig(sagemaker: SageMakerClient, EndpointConfigName: string): Promise<boolean> {
  return Boolean(
    await unlessAbsent(() => sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName }))),
  );
}

async function unlessAbsent<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
