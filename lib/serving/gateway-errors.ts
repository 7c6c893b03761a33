import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import { hasSchema, type PipelineConfig } from '../config';
import { bodyLimit, LAMBDA_PAYLOAD_BYTES } from '../contract/payloads';

interface GatewayError {
  readonly type: apigateway.ResponseType;
  /** Default: the gateway's own. */
  readonly status?: number;
  readonly code: string;
  readonly message: string;
  readonly field?: string;
}

/** All other errors; the status is the gateway's. */
const OTHERS: Readonly<Record<string, GatewayError>> = {
  OtherRefusal: {
    type: apigateway.ResponseType.DEFAULT_4XX,
    code: 'BadRequest',
    message: 'the request was refused; check its path, method, headers and body',
  },
  OtherFailure: {
    type: apigateway.ResponseType.DEFAULT_5XX,
    code: 'InternalError',
    message: 'the request could not be answered; try again in a moment',
  },
};

/** Errors of the authorizers. */
const AUTHORIZATION: Readonly<Record<'iam' | 'cognito', Readonly<Record<string, GatewayError>>>> = {
  iam: {
    InvalidSignature: {
      type: apigateway.ResponseType.INVALID_SIGNATURE,
      status: 403,
      code: 'Forbidden',
      message: 'the signature is not valid; sign the request as it is sent, with SigV4 for execute-api',
      field: 'authorization',
    },
    ExpiredToken: {
      type: apigateway.ResponseType.EXPIRED_TOKEN,
      status: 403,
      code: 'Forbidden',
      message: 'the credentials of the signature have expired; sign the request with new ones',
      field: 'authorization',
    },
    AccessDenied: {
      type: apigateway.ResponseType.ACCESS_DENIED,
      status: 403,
      code: 'Forbidden',
      message:
        'the caller may not use this API; ask its team for execute-api:Invoke, and check the access key',
      field: 'authorization',
    },
  },
  cognito: {
    Unauthorized: {
      type: apigateway.ResponseType.UNAUTHORIZED,
      status: 401,
      code: 'Unauthorized',
      message:
        'the token in the header authorization is missing, expired or not valid; send one of the user pool',
      field: 'authorization',
    },
    AccessDenied: {
      type: apigateway.ResponseType.ACCESS_DENIED,
      status: 403,
      code: 'Forbidden',
      message: 'the caller may not use this API; ask its team for the scope of the token',
      field: 'authorization',
    },
  },
};

/** What the sentences depend on. */
type Described = Pick<PipelineConfig, 'api' | 'data' | 'endpoint'>;

/**
 * Gives API Gateway's own errors the form of the function's. Its templates cannot escape text, and the validator's
 * message contains quotes, so the sentences are fixed (docs/adr/0009-gateway-errors-with-fixed-sentences.md).
 */
export function describeGatewayErrors(api: apigateway.RestApi, config: Described): void {
  describe(api, gatewayErrors(config));
}

/** Gives all errors of an API without errors of its own the one form. */
export function describeOtherErrors(api: apigateway.RestApi): void {
  describe(api, OTHERS);
}

function describe(api: apigateway.RestApi, errors: Readonly<Record<string, GatewayError>>): void {
  for (const [id, { type, status, ...error }] of Object.entries(errors)) {
    api.addGatewayResponse(id, {
      type,
      ...(status !== undefined && { statusCode: String(status) }),
      templates: { 'application/json': JSON.stringify({ error }) },
    });
  }
}

/** Sentences that depend on the form of the requests. */
interface Sentences {
  readonly badBody: string;
  /** Advice for a request that is too large or too slow. */
  readonly less: string;
}

const OF_TABLE: Sentences = {
  badBody:
    'the body is empty or not JSON (NaN and Infinity are not JSON: send null for an unknown value); send {"instances": [{feature: value, ...}, ...]}, or CSV rows as text/csv',
  less: 'send fewer rows a request',
};

function ofContents({ accepts }: PipelineConfig['api']): Sentences {
  const checked = accepts.filter(({ schema }) => schema !== null).map(({ contentType }) => contentType);
  return {
    badBody:
      `the body is empty, not JSON, or not as the JSON schema of ${checked.join(' and ') || 'the API'} requires; ` +
      'send a body that matches the schema: GET /schema returns it, with an example',
    less: 'send a smaller request',
  };
}

function gatewayErrors(config: Described): Readonly<Record<string, GatewayError>> {
  const { ResponseType } = apigateway;
  const { badBody, less } = hasSchema(config) ? OF_TABLE : ofContents(config.api);
  return {
    BadRequestBody: {
      type: ResponseType.BAD_REQUEST_BODY,
      status: 400,
      code: 'InvalidInput',
      message: badBody,
      field: 'body',
    },
    NoApiKey: {
      type: ResponseType.INVALID_API_KEY,
      status: 403,
      code: 'Forbidden',
      message: 'the header x-api-key is missing or not a valid key; send the API key of the usage plan',
      field: 'x-api-key',
    },
    Throttled: {
      type: ResponseType.THROTTLED,
      status: 429,
      code: 'TooManyRequests',
      message: 'too many requests per second; send fewer or request a higher rate',
    },
    QuotaExceeded: {
      type: ResponseType.QUOTA_EXCEEDED,
      status: 429,
      code: 'TooManyRequests',
      message: 'the daily quota of this key is used up; try again tomorrow or request a higher one',
    },
    TooLarge: {
      type: ResponseType.REQUEST_TOO_LARGE,
      status: 413,
      code: 'PayloadTooLarge',
      message: `the request is too large; ${sizes(config)}: ${less}`,
      field: 'body',
    },
    NotFound: {
      type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
      status: 403,
      code: 'Forbidden',
      message:
        config.api.authorization?.kind === 'iam'
          ? 'the request is not signed, or this path does not exist; sign POST /predict or GET /schema with SigV4'
          : 'this path does not exist; send POST /predict or GET /schema',
    },
    Timeout: {
      type: ResponseType.INTEGRATION_TIMEOUT,
      status: 504,
      code: 'ModelTimeout',
      message: `the model did not answer in time; ${less} or try again`,
    },
    ...(config.api.authorization && AUTHORIZATION[config.api.authorization.kind]),
    ...OTHERS,
  };
}

/** Returns the limits of text and of binary bodies, of those that the API accepts. */
function sizes({ api, endpoint }: Described): string {
  const { kind } = endpoint.serving;
  const text = api.accepts.some(({ binary }) => !binary);
  const binary = api.accepts.filter((content) => content.binary).map(({ contentType }) => contentType);
  return [
    ...(text
      ? [
          `at most ${bodyLimit(kind, false)} bytes of body are allowed, and ${LAMBDA_PAYLOAD_BYTES} with headers and ` +
            'with two bytes for each quote and line break',
        ]
      : []),
    ...(binary.length > 0
      ? [
          `at most ${bodyLimit(kind, true)} bytes of ${binary.join(' or ')} are allowed, with headers and as base64 at ` +
            `most ${LAMBDA_PAYLOAD_BYTES}`,
        ]
      : []),
  ].join('; ');
}
