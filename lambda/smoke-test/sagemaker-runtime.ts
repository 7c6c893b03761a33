import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { goldenBody, readAnswer, type GoldenRequest } from '../../lib/contract/golden';
import { ErrorName, PipelineError } from '../../lib/contract/errors';

/** One endpoint, invoked variant by variant. */
export class Endpoint {
  constructor(
    private readonly name: string,
    /** Media type of answers that is asked for. */
    private readonly accept: string,
    private readonly client = new SageMakerRuntimeClient(),
  ) {}

  /**
   * Invokes a variant, and returns its answer as it is compared.
   *
   * @param variant undefined invokes the endpoint as clients do
   * @throws PipelineError `SmokeTestFailed` if the model does not answer at all
   */
  async ask(variant: string | undefined, request: GoldenRequest): Promise<unknown> {
    try {
      const { Body, ContentType } = await this.client.send(
        new InvokeEndpointCommand({
          EndpointName: this.name,
          TargetVariant: variant,
          ContentType: request.contentType,
          Accept: this.accept,
          Body: goldenBody(request),
        }),
      );
      return readAnswer(Body, ContentType);
    } catch (error) {
      const { name, message } = error as Error;
      if (name !== 'ModelError') throw error;
      throw new PipelineError(
        ErrorName.SmokeTestFailed,
        `${variant === undefined ? '' : `variant ${variant} of `}endpoint ${this.name} failed a golden request (${request.contentType}): ${message}`,
      );
    }
  }
}
