import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { ErrorName, PipelineError } from '../../lib/contract/errors';

/** One endpoint, invoked variant by variant. */
export class Endpoint {
  constructor(
    private readonly name: string,
    private readonly client = new SageMakerRuntimeClient(),
  ) {}

  /**
   * Invokes a variant.
   *
   * @param variant undefined invokes the endpoint as clients do
   * @throws PipelineError `SmokeTestFailed` if the model does not answer at all
   */
  async ask<T>(variant: string | undefined, body: unknown): Promise<T> {
    try {
      const { Body } = await this.client.send(
        new InvokeEndpointCommand({
          EndpointName: this.name,
          TargetVariant: variant,
          ContentType: 'application/json',
          Accept: 'application/json',
          Body: JSON.stringify(body),
        }),
      );
      return JSON.parse(Body.transformToString()) as T;
    } catch (error) {
      const { name, message } = error as Error;
      if (name !== 'ModelError' && !(error instanceof SyntaxError)) throw error;
      throw new PipelineError(
        ErrorName.SmokeTestFailed,
        `${variant === undefined ? '' : `variant ${variant} of `}endpoint ${this.name} failed a golden request: ${message}`,
      );
    }
  }
}
