import type { Cloud } from '../../core/cloud';
import { notSupported, ServiceError } from '../../core/errors';
import type { Input, Service } from '../../core/service';
import type { EndpointHost, EndpointHosts, VariantHost } from '../sagemaker/endpoint-hosts';
import type { ServingAnswer } from '../sagemaker/serving-process';
import { DataCapture } from './data-capture';

/** Limit of a request's body, bytes. */
const MAX_BODY = 6_291_456;

export interface SageMakerRuntimeOptions {
  hosts: EndpointHosts;
  /** In [0, 1): decides which variant gets a request. */
  random?: () => number;
}

/** SageMaker Runtime: hands a request to one of an endpoint's variants. */
export function sagemakerRuntime(
  options: SageMakerRuntimeOptions,
): (cloud: Cloud) => Service<'sagemakerruntime'> {
  const random = options.random ?? Math.random;
  return (cloud) => {
    const capture = new DataCapture(cloud, random);

    async function invoke(input: Input<'sagemakerruntime', 'InvokeEndpoint'>) {
      const name = input.EndpointName!;
      const host = options.hosts.get(name);
      if (!host) throw validationError(`Endpoint ${name} of account ${cloud.account} not found.`);
      for (const member of [
        'TargetModel',
        'TargetContainerHostname',
        'SessionId',
        'InferenceComponentName',
      ] as const) {
        if (input[member] !== undefined) throw notSupported(member, 'Use TargetVariant.');
      }
      const body = Buffer.from(input.Body as Uint8Array);
      if (body.length > MAX_BODY) {
        throw validationError(`Body length ${body.length} exceeds the limit of ${MAX_BODY} bytes.`);
      }
      const variant = choose(host, input.TargetVariant, random());
      const contentType = input.ContentType ?? 'application/octet-stream';
      const result = await ask(host, variant, body, {
        'content-type': contentType,
        accept: input.Accept ?? '*/*',
        ...(input.CustomAttributes && { 'x-amzn-sagemaker-custom-attributes': input.CustomAttributes }),
      });
      capture.offer(host, variant.name, { contentType, body }, result);
      if (result.status >= 400)
        throw modelError(cloud, host, variant, result.status, result.body.toString('utf8'));
      return {
        Body: new Uint8Array(result.body),
        ContentType: result.contentType,
        InvokedProductionVariant: variant.name,
      };
    }

    async function ask(
      host: EndpointHost,
      variant: VariantHost,
      body: Uint8Array,
      headers: Record<string, string>,
    ): Promise<ServingAnswer> {
      const process = variant.processes[variant.next++ % variant.processes.length]!;
      try {
        return await process.invoke(body, headers);
      } catch (error) {
        const message =
          (error as Error).name === 'TimeoutError'
            ? 'Your invocation timed out while waiting for a response from container primary. Review the latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again.'
            : `Unable to reach container primary: ${(error as Error).message}`;
        throw modelError(cloud, host, variant, 0, message);
      }
    }

    return {
      id: 'sagemakerruntime',
      permissions: {
        InvokeEndpoint: ({ EndpointName = '' }) => ({
          action: 'sagemaker:InvokeEndpoint',
          resources: [cloud.arn('sagemaker', `endpoint/${EndpointName.toLowerCase()}`)],
        }),
      },
      operations: { InvokeEndpoint: invoke },
      stop: () => capture.close(),
    };
  };
}

/** By weight, unless the request names a variant. */
function choose(host: EndpointHost, target: string | undefined, random: number): VariantHost {
  if (target !== undefined) {
    const found = host.variants.find(({ name }) => name === target);
    if (!found) throw validationError(`Variant ${target} not found for Request`);
    return found;
  }
  let left = random * host.variants.reduce((sum, { weight }) => sum + weight, 0);
  for (const variant of host.variants) {
    left -= variant.weight;
    if (left < 0) return variant;
  }
  return host.variants.at(-1)!;
}

function validationError(message: string): ServiceError {
  return new ServiceError('ValidationError', message, { status: 400 });
}

/** What the caller sees of a container's answer with status 4xx or 5xx, or of none (status 0). */
function modelError(
  cloud: Cloud,
  host: EndpointHost,
  variant: VariantHost,
  status: number,
  message: string,
): ServiceError {
  const group = `/aws/sagemaker/Endpoints/${host.endpointName}`;
  const fault = status >= 400 && status < 500 ? 'client' : 'server';
  return new ServiceError(
    'ModelError',
    `Received ${fault} error (${status}) from primary with message "${message}". See https://${cloud.region}.console.aws.amazon.com/cloudwatch/home?region=${cloud.region}#logEventViewer:group=${group} in account ${cloud.account} for more information.`,
    {
      status: 424,
      members: {
        OriginalStatusCode: status,
        OriginalMessage: message,
        LogStreamArn: cloud.arn('logs', `log-group:${group}:log-stream:${variant.name}`),
      },
    },
  );
}
