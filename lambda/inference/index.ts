import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { LambdaVariable } from '../../lib/contract/environment';
import type { ServingKind } from '../../lib/contract/payloads';
import { AsyncEndpoint } from '../shared/async-endpoint';
import { absent } from './absence';
import { variable } from '../shared/environment';
import { Bucket } from '../shared/s3';
import { logError } from '../shared/log';
import { readModelFacts } from '../shared/model';
import { answerNow } from './direct';
import { ApiError, answerError } from './errors';
import { answerLater, fetchAnswer } from './queued';
import { Endpoint, EndpointAbsent } from './sagemaker-runtime';
import { answerSchema } from './schema';
import { limited } from './size';

const endpointName = variable(LambdaVariable.EndpointName);
const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const kind = variable(LambdaVariable.ServingKind) as ServingKind;
const facts = readModelFacts();
const { api } = facts;

/** The handler of predictions, by the kind of serving. */
const answer: (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult> =
  kind === 'asynchronous' ? queued() : direct();

function direct() {
  const endpoint = new Endpoint(endpointName, api.returns);
  return (event: APIGatewayProxyEvent) => answerNow(endpoint, event, api.accepts, kind);
}

function queued() {
  const endpoint = new AsyncEndpoint(endpointName, artifacts, api.returns);
  return (event: APIGatewayProxyEvent) =>
    event.httpMethod === 'GET'
      ? fetchAnswer(endpoint, event)
      : answerLater(endpoint, event, api.accepts, kind);
}

/**
 * The API of the endpoint: `POST /predict`, `GET /schema`, and `GET /predict/{id}` of an asynchronous endpoint.
 * Payloads are never logged.
 */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  try {
    return limited(event.resource === '/schema' ? await answerSchema(artifacts, facts) : await answer(event));
  } catch (caught) {
    const error =
      caught instanceof EndpointAbsent
        ? await absent(artifacts).catch((failure: unknown) => failure)
        : caught;
    if (!(error instanceof ApiError)) {
      logError('prediction failed', { error: String(error) });
    }
    return answerError(error);
  }
}
