import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import { ENDPOINT_BODY_BYTES, LAMBDA_PAYLOAD_BYTES, type ServingKind } from '../contract/payloads';

interface GatewayError {
  readonly type: apigateway.ResponseType;
  /** Left out: the gateway's own. */
  readonly status?: number;
  readonly code: string;
  readonly message: string;
  readonly field?: string;
}

/**
 * Gives the gateway's own errors the form of the function's. Its templates know no escaping, and what the validator
 * says holds quotes, so the sentences are fixed (docs/adr/0009-gateway-errors-with-fixed-sentences.md).
 */
export function describeGatewayErrors(api: apigateway.RestApi, kind: ServingKind): void {
  for (const [id, { type, status, ...error }] of Object.entries(gatewayErrors(kind))) {
    api.addGatewayResponse(id, {
      type,
      ...(status !== undefined && { statusCode: String(status) }),
      templates: { 'application/json': JSON.stringify({ error }) },
    });
  }
}

function gatewayErrors(kind: ServingKind): Readonly<Record<string, GatewayError>> {
  const { ResponseType } = apigateway;
  return {
    BadRequestBody: {
      type: ResponseType.BAD_REQUEST_BODY,
      status: 400,
      code: 'InvalidInput',
      message:
        'the body is empty or no JSON (NaN and Infinity are none: send null for a value that is not known); send {"instances": [{feature: value, ...}, ...]}, or CSV rows as text/csv',
      field: 'body',
    },
    NoApiKey: {
      type: ResponseType.INVALID_API_KEY,
      status: 403,
      code: 'Forbidden',
      message: 'the header x-api-key is missing or holds no valid key; send the key of the usage plan',
      field: 'x-api-key',
    },
    Throttled: {
      type: ResponseType.THROTTLED,
      status: 429,
      code: 'TooManyRequests',
      message: 'too many requests a second; send fewer or ask for a higher rate',
    },
    QuotaExceeded: {
      type: ResponseType.QUOTA_EXCEEDED,
      status: 429,
      code: 'TooManyRequests',
      message: 'the daily quota of this key is used up; ask for a higher one',
    },
    TooLarge: {
      type: ResponseType.REQUEST_TOO_LARGE,
      status: 413,
      code: 'PayloadTooLarge',
      message:
        `the request is too large; at most ${ENDPOINT_BODY_BYTES[kind]} bytes of body are allowed, and ` +
        `${LAMBDA_PAYLOAD_BYTES} with headers and with two bytes for each quote and line break: send fewer rows a request`,
      field: 'body',
    },
    NotFound: {
      type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
      status: 403,
      code: 'Forbidden',
      message: 'there is nothing here; send POST /predict or GET /schema',
    },
    Timeout: {
      type: ResponseType.INTEGRATION_TIMEOUT,
      status: 504,
      code: 'ModelTimeout',
      message: 'there was no answer in time; send fewer rows or try again',
    },
    // Every other one; the status is the gateway's.
    OtherRefusal: {
      type: ResponseType.DEFAULT_4XX,
      code: 'BadRequest',
      message: 'the request was refused; check its path, method, headers and body',
    },
    OtherFailure: {
      type: ResponseType.DEFAULT_5XX,
      code: 'InternalError',
      message: 'the request could not be answered; try again in a moment',
    },
  };
}
