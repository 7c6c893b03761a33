import {
  InvokeEndpointCommand,
  SageMakerRuntimeClient,
  type ModelError,
} from '@aws-sdk/client-sagemaker-runtime';
import { goldenBody, readAnswer, type GoldenRequest } from '../../lib/contract/golden';
import { ErrorName, PipelineError } from '../../lib/contract/errors';

/**
 * Errors of an endpoint that may answer in a minute (API reference, InvokeEndpoint, "Errors"). A timeout of a model that
 * is being loaded comes as ModelError with the status 5xx of its container.
 */
const NOT_YET: ReadonlySet<string> = new Set([
  'InternalDependencyException',
  'InternalFailure',
  'ModelNotReadyException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'ThrottlingException',
]);

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
   * @throws PipelineError `SmokeTestFailed` if the model refuses the request, `EndpointNotReady` for an error that may
   *   pass
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
      const where = `${variant === undefined ? '' : `variant ${variant} of `}endpoint ${this.name}`;
      const what = `a golden request (${request.contentType}): ${message}`;
      if (NOT_YET.has(name)) {
        throw new PipelineError(ErrorName.EndpointNotReady, `${where} cannot answer ${what} (${name})`);
      }
      if (name !== 'ModelError') throw error;
      const { OriginalStatusCode: status = 0 } = error as ModelError;
      if (status >= 500)
        throw new PipelineError(ErrorName.EndpointNotReady, `${where} cannot answer ${what}`);
      throw new PipelineError(ErrorName.SmokeTestFailed, `${where} failed ${what}`);
    }
  }
}
