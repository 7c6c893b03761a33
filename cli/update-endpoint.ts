import { InvokeCommand } from '@aws-sdk/client-lambda';
import { UpdateEndpointCommand } from '@aws-sdk/client-sagemaker';
import { IN_SERVICE } from '../lib/contract/endpoint';
import { settledEndpoint } from './endpoint';
import { OperatorError } from './errors';
import type { Pipeline } from './pipeline';

/**
 * Updates the endpoint to an existing configuration and waits until it is in service. The old fleet answers until then.
 *
 * @throws OperatorError if the endpoint is not InService on that configuration afterwards
 */
export async function updateEndpoint(pipeline: Pipeline, EndpointConfigName: string): Promise<void> {
  const { sagemaker, outputs, pollMs } = pipeline;
  const { EndpointName } = outputs;
  await scale(pipeline, { action: 'prepare', config: EndpointConfigName });
  await sagemaker.send(
    new UpdateEndpointCommand({
      EndpointName,
      EndpointConfigName,
      // Keeps the current number of instances: otherwise a scaled-out endpoint would scale in under load.
      RetainAllVariantProperties: true,
      ExcludeRetainedVariantProperties: [
        { VariantPropertyType: 'DesiredWeight' },
        { VariantPropertyType: 'DataCaptureConfig' },
      ],
    }),
  );
  const after = await settledEndpoint(sagemaker, EndpointName, pollMs);
  if (after.EndpointStatus !== IN_SERVICE || after.EndpointConfigName !== EndpointConfigName) {
    throw new OperatorError(
      `endpoint "${EndpointName}" is ${after.EndpointStatus} on ${after.EndpointConfigName} instead of InService on ${EndpointConfigName}: ${after.FailureReason ?? 'no reason given'}; champion.json was not changed.`,
    );
  }
  await scale(pipeline, { action: 'apply' });
}

/** Invokes the scaling function, if there is one, as a run does. */
async function scale({ lambda, outputs }: Pipeline, request: object): Promise<void> {
  const { ScaleFunctionName: FunctionName } = outputs;
  if (!FunctionName) return;
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(request)) }),
  );
  if (!FunctionError) return;
  const said = Buffer.from(Payload ?? []).toString('utf8');
  throw new OperatorError(`the scaling could not be changed: ${said}; see the log of ${FunctionName}.`);
}
