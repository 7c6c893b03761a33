import type { Integration } from '@aws-sdk/client-api-gateway';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { ServiceError } from '../../../model/errors';
import { FUNCTION_URI } from '../control/method-operations';
import type { ApiGatewayState } from '../control/state';
import { GatewayFailure } from './gateway-failure';

/**
 * Invokes a method's function as API Gateway does. Throws INTEGRATION_TIMEOUT after the integration's timeout,
 * DEFAULT_5XX for a function's error and API_CONFIGURATION_ERROR if Lambda refuses the call.
 *
 * @param sourceArn `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>`, for the resource policy
 */
export async function invokeFunction(
  { cloud, clock }: Pick<ApiGatewayState, 'cloud' | 'clock'>,
  integration: Integration,
  event: APIGatewayProxyEvent,
  sourceArn: string,
): Promise<Buffer> {
  const FunctionName = FUNCTION_URI.exec(integration.uri!)![1]!;
  const done = new AbortController();
  const principal = cloud.principals.service('apigateway.amazonaws.com');
  const caller = { principal, sourceArn, signal: done.signal };
  const Payload = Buffer.from(JSON.stringify(event));
  try {
    const answer = await Promise.race([
      cloud.call('lambda', 'Invoke', { FunctionName, Payload }, caller),
      clock.sleep(integration.timeoutInMillis!, done.signal),
    ]);
    if (!answer) {
      const reason = `Execution failed due to a timeout error: no answer within ${integration.timeoutInMillis} ms`;
      throw new GatewayFailure('INTEGRATION_TIMEOUT', { reason });
    }
    const payload =
      answer.Payload instanceof Readable ? await buffer(answer.Payload) : Buffer.from(answer.Payload!);
    if (answer.FunctionError === undefined) return payload;
    throw new GatewayFailure('DEFAULT_5XX', {
      reason: `Lambda execution failed with status 200 due to customer function error: ${payload.toString('utf8').slice(0, 1000)}`,
    });
  } catch (error) {
    if (error instanceof ServiceError) {
      // Users report a 413 for events over Lambda's 6 MB; AWS does not document it.
      if (error.code === 'RequestTooLargeException') throw new GatewayFailure('REQUEST_TOO_LARGE');
      const reason = `Execution failed due to configuration error: ${error.code}: ${error.message} (source ${sourceArn})`;
      throw new GatewayFailure('API_CONFIGURATION_ERROR', { reason });
    }
    throw error;
  } finally {
    done.abort();
  }
}
