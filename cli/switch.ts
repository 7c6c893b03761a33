import { InvokeCommand } from '@aws-sdk/client-lambda';
import { UpdateEndpointCommand } from '@aws-sdk/client-sagemaker';
import { settledEndpoint } from './endpoint';
import { OperatorError } from './errors';
import type { Pipeline } from './pipeline';

/**
 * Brings the endpoint to a configuration that it had before or has with others, and waits until it serves. The old
 * fleet answers until then.
 *
 * @throws OperatorError where the endpoint does not come into service on it
 */
export async function switchTo(pipeline: Pipeline, EndpointConfigName: string): Promise<void> {
  const { sagemaker, outputs, pollMs } = pipeline;
  const { EndpointName } = outputs;
  await scale(pipeline, { action: 'prepare', config: EndpointConfigName });
  await sagemaker.send(
    new UpdateEndpointCommand({
      EndpointName,
      EndpointConfigName,
      // As many instances as serve now, or a scaled-out endpoint would shrink under its load.
      RetainAllVariantProperties: true,
      ExcludeRetainedVariantProperties: [
        { VariantPropertyType: 'DesiredWeight' },
        { VariantPropertyType: 'DataCaptureConfig' },
      ],
    }),
  );
  const after = await settledEndpoint(sagemaker, EndpointName, pollMs);
  if (after.EndpointStatus !== 'InService' || after.EndpointConfigName !== EndpointConfigName) {
    throw new OperatorError(
      `endpoint "${EndpointName}" is ${after.EndpointStatus} on ${after.EndpointConfigName} instead of InService on ${EndpointConfigName}: ${after.FailureReason ?? 'no reason given'}; champion.json was not changed.`,
    );
  }
  await scale(pipeline, { action: 'apply' });
}

/** As a run does, where instances follow the load. */
async function scale({ lambda, outputs }: Pipeline, request: object): Promise<void> {
  const { ScaleFunctionName: FunctionName } = outputs;
  if (!FunctionName) return;
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(request)) }),
  );
  if (!FunctionError) return;
  const said = Buffer.from(Payload ?? []).toString('utf8');
  throw new OperatorError(`scaling could not be changed: ${said}; look at the log of ${FunctionName}.`);
}
