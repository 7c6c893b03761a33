import type { SageMakerRuntime } from '@aws-sdk/client-sagemaker-runtime';
import type { Cloud } from '../../core/cloud';
import { notSupported } from '../../model/errors';
import type { Input, Output, Service, ServiceDefinition } from '../../core/service';
import { EndpointHosts, type EndpointHost } from '../sagemaker/endpoint-hosts';
import type { VariantHost } from '../sagemaker/endpoint-variants';
import type { ServingAnswer } from '../sagemaker/serving-client';
import { AsyncInvocations } from './async-invocations';
import { DataCapture } from './data-capture';
import { modelError, validationError } from './errors';
import { askVariant } from './invocation';
import { EndpointMetrics } from './metrics';
import { containerHeaders } from './request-headers';
import { ShadowTraffic } from './shadow-traffic';

/** Limits of a request's body in bytes: on instances, and of serverless endpoints. */
const MAX_BODY = 6_291_456;
const MAX_SERVERLESS_BODY = 4_194_304;

const UNSUPPORTED = [
  'EnableExplanations',
  'InferenceComponentName',
  'PrefixAwareId',
  'SessionId',
  'TargetContainerHostname',
  'TargetModel',
] as const;

export interface SageMakerRuntimeSettings {
  /** In [0, 1): chooses the variant that gets a request. */
  random?: () => number;
}

/** SageMaker Runtime: sends a request to one of an endpoint's variants, or adds it to the endpoint's queue. */
function create(cloud: Cloud): Service<'sagemakerruntime'> {
  const { random = Math.random } = cloud.settings.sagemakerruntime ?? {};
  const hosts = cloud.part(EndpointHosts);
  const metrics = new EndpointMetrics(cloud);
  const capture = new DataCapture(cloud, random);
  const shadows = new ShadowTraffic(metrics, random);
  const queue = new AsyncInvocations(cloud, hosts, metrics, random);

  function find(name: string): EndpointHost {
    const host = hosts.get(name);
    if (!host) throw validationError(`Endpoint ${name} of account ${cloud.account} not found.`);
    return host;
  }

  async function invoke(
    input: Input<'sagemakerruntime', 'InvokeEndpoint'>,
  ): Promise<Output<'sagemakerruntime', 'InvokeEndpoint'>> {
    const started = performance.now();
    const endpointName = input.EndpointName!;
    const host = find(endpointName);
    for (const member of UNSUPPORTED) {
      if (input[member] !== undefined) throw notSupported(member, 'Use TargetVariant.');
    }
    const route = host.choose(random(), input.TargetVariant);
    if (!route) throw validationError(`Variant ${input.TargetVariant} not found for Request`);
    const { fleet, variant } = route;
    if (fleet.order.config.AsyncInferenceConfig) {
      throw validationError(
        `Endpoint ${endpointName} of account ${cloud.account} is asynchronous. Use InvokeEndpointAsync.`,
      );
    }
    const body = Buffer.from(input.Body as Uint8Array);
    checkBody(body, variant);
    const request = { body, headers: containerHeaders(input) };
    const contentType = request.headers['content-type']!;
    const config = fleet.order.capture;
    const captured = capture.wants(config)
      ? { endpointName, config, contentType, body, inferenceId: input.InferenceId }
      : undefined;
    const keep = (from: VariantHost, answer: ServingAnswer) => {
      if (captured) capture.add(captured, from, answer);
    };
    shadows.offer(endpointName, fleet, request, keep);
    const outcome = await askVariant(metrics, endpointName, variant, request, 'realtime');
    if ('failure' in outcome) throw modelError(cloud, endpointName, variant.name, 0, outcome.failure);
    const { answer } = outcome;
    const overhead = performance.now() - started - answer.milliseconds;
    const subject = { endpointName, variant: variant.name };
    metrics.add(subject, 'OverheadLatency', Math.round(overhead * 1000), 'Microseconds');
    keep(variant, answer);
    if (answer.status >= 400) {
      throw modelError(cloud, endpointName, variant.name, answer.status, answer.body.toString('utf8'));
    }
    return {
      Body: new Uint8Array(answer.body),
      ContentType: answer.contentType,
      InvokedProductionVariant: variant.name,
    };
  }

  const onEndpoint =
    (action: string) =>
    ({ EndpointName = '' }: { EndpointName?: string }) => ({
      action: `sagemaker:${action}`,
      resources: [cloud.arn('sagemaker', `endpoint/${EndpointName.toLowerCase()}`)],
    });

  return {
    permissions: {
      InvokeEndpoint: onEndpoint('InvokeEndpoint'),
      InvokeEndpointAsync: onEndpoint('InvokeEndpointAsync'),
    },
    operations: {
      InvokeEndpoint: invoke,
      InvokeEndpointAsync: async (input) => queue.accept(find(input.EndpointName!), input),
    },
    async start() {
      queue.start();
    },
    async stop() {
      await Promise.all([shadows.close(), queue.close()]);
      await capture.close();
      await metrics.close();
    },
  };
}

function checkBody(body: Buffer, { variant }: VariantHost): void {
  const limit = variant.ServerlessConfig ? MAX_SERVERLESS_BODY : MAX_BODY;
  if (body.length > limit) {
    throw validationError(`Body length ${body.length} exceeds the limit of ${limit} bytes.`);
  }
}

export const sagemakerRuntime: ServiceDefinition<'sagemakerruntime'> = {
  id: 'sagemakerruntime',
  facts: {
    package: '@aws-sdk/client-sagemaker-runtime',
    signingName: 'sagemaker',
    iamPrefix: 'sagemaker',
    protocol: 'restJson1',
    invalidInput: 'ValidationError',
  },
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    sagemakerruntime: SageMakerRuntime;
  }
}

declare module '../../core/service' {
  interface Settings {
    sagemakerruntime?: SageMakerRuntimeSettings;
  }
}
