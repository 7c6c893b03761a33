import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  type DescribeEndpointConfigOutput,
  type DescribeEndpointOutput,
  type DescribeModelOutput,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { setTimeout as sleep } from 'node:timers/promises';
import { FAILED, IN_SERVICE, UPDATING_STATUSES } from '../lib/contract/endpoint';
import { isAbsent, OperatorError } from './errors';
import type { Pipeline } from './pipeline';
import { absence } from './working-hours';

/** SageMaker's limit on an endpoint update, 8 h; most take minutes. */
const SETTLE_TIMEOUT_MS = 8 * 3_600_000;

/** Returns the endpoint; undefined if it does not exist. */
export async function findEndpoint(
  sagemaker: SageMakerClient,
  EndpointName: string,
): Promise<DescribeEndpointOutput | undefined> {
  return unlessAbsent(() => sagemaker.send(new DescribeEndpointCommand({ EndpointName })));
}

/** Returns the endpoint. @throws OperatorError if it does not exist, or cannot be changed now */
export async function changeableEndpoint({
  sagemaker,
  outputs,
}: Pick<Pipeline, 'sagemaker' | 'outputs'>): Promise<DescribeEndpointOutput> {
  const name = outputs.EndpointName;
  const endpoint = await findEndpoint(sagemaker, name);
  if (!endpoint) throw new OperatorError(absence(outputs, Date.now()));
  const { EndpointStatus } = endpoint;
  if (EndpointStatus === IN_SERVICE) return endpoint;
  throw new OperatorError(
    `endpoint "${name}" is ${EndpointStatus}; it can be changed only while it is InService; ${
      EndpointStatus === FAILED
        ? 'mlops endpoint restore creates it again with the champion'
        : 'try again when the update has ended'
    }.`,
  );
}

/** Waits until an update of the endpoint has ended. */
export async function settledEndpoint(
  sagemaker: SageMakerClient,
  EndpointName: string,
  pollMs: number,
): Promise<DescribeEndpointOutput> {
  const deadline = Date.now() + SETTLE_TIMEOUT_MS;
  for (;;) {
    const endpoint = await sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
    if (!UPDATING_STATUSES.includes(endpoint.EndpointStatus!)) return endpoint;
    if (Date.now() > deadline)
      throw new OperatorError(
        `endpoint "${EndpointName}" is still ${endpoint.EndpointStatus} after 8 hours; see the endpoint in the SageMaker console.`,
      );
    await sleep(pollMs);
  }
}

/** Returns the model; undefined if SageMaker has none of this name. */
export async function findModel(
  sagemaker: SageMakerClient,
  ModelName: string,
): Promise<DescribeModelOutput | undefined> {
  return unlessAbsent(() => sagemaker.send(new DescribeModelCommand({ ModelName })));
}

/** Returns the endpoint configuration; undefined if SageMaker has none of this name. */
export async function findConfig(
  sagemaker: SageMakerClient,
  EndpointConfigName: string,
): Promise<DescribeEndpointConfigOutput | undefined> {
  return unlessAbsent(() => sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName })));
}

async function unlessAbsent<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
