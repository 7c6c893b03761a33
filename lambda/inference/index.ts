import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { LambdaVariable } from '../../lib/contract/environment';
import { variable } from '../shared/environment';
import { ApiError, answerError } from './errors';
import { readRequest } from './request';
import { Endpoint } from './sagemaker-runtime';

const endpoint = new Endpoint(variable(LambdaVariable.EndpointName));

/** `POST /predict`: the front of the endpoint. Payloads are never logged. */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  try {
    const { answer, variant } = await endpoint.predict(readRequest(event));
    return {
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...answer, variant }),
    };
  } catch (error) {
    if (!(error instanceof ApiError)) {
      console.error(JSON.stringify({ level: 'ERROR', message: 'prediction failed', error: String(error) }));
    }
    return answerError(error);
  }
}
