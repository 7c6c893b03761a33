import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { LambdaVariable } from '../../lib/contract/environment';
import { AsyncEndpoint } from '../shared/async-endpoint';
import { variable } from '../shared/environment';
import { Bucket } from '../shared/s3';
import { logError } from '../shared/log';
import { answerNow } from './direct';
import { ApiError, answerError } from './errors';
import { answerLater, fetchAnswer } from './queued';
import { Endpoint } from './sagemaker-runtime';

const endpointName = variable(LambdaVariable.EndpointName);

/** What the front does, by the kind of serving. */
const answer: (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult> =
  variable(LambdaVariable.ServingKind) === 'asynchronous' ? queued() : direct();

function direct() {
  const endpoint = new Endpoint(endpointName);
  return (event: APIGatewayProxyEvent) => answerNow(endpoint, event);
}

function queued() {
  const endpoint = new AsyncEndpoint(endpointName, new Bucket(variable(LambdaVariable.ArtifactsBucket)));
  return (event: APIGatewayProxyEvent) =>
    event.httpMethod === 'GET' ? fetchAnswer(endpoint, event) : answerLater(endpoint, event);
}

/**
 * The front of the endpoint: `POST /predict`, and `GET /predict/{id}` of an asynchronous one. Payloads are never
 * logged.
 */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  try {
    return await answer(event);
  } catch (error) {
    if (!(error instanceof ApiError)) {
      logError('prediction failed', { error: String(error) });
    }
    return answerError(error);
  }
}
