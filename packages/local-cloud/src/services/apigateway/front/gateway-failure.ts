import type { GatewayResponseType } from '@aws-sdk/client-api-gateway';

interface Facts {
  status: number;
  message: string;
  /** The `x-amzn-errortype` header. */
  errorType: string;
}

/**
 * Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html; for
 * messages and headers of authorization, https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden and
 * https://repost.aws/knowledge-center/api-gateway-iam-sigv4-mismatch.
 */
const FAILURES = {
  MISSING_AUTHENTICATION_TOKEN: {
    ...{ status: 403, message: 'Missing Authentication Token' },
    errorType: 'MissingAuthenticationTokenException',
  },
  INVALID_SIGNATURE: {
    status: 403,
    message:
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    errorType: 'InvalidSignatureException',
  },
  EXPIRED_TOKEN: {
    ...{ status: 403, message: 'The security token included in the request is expired' },
    errorType: 'ExpiredTokenException',
  },
  ACCESS_DENIED: {
    ...{ status: 403, message: 'User is not authorized to access this resource' },
    errorType: 'AccessDeniedException',
  },
  UNAUTHORIZED: { status: 401, message: 'Unauthorized', errorType: 'UnauthorizedException' },
  INVALID_API_KEY: { status: 403, message: 'Forbidden', errorType: 'ForbiddenException' },
  THROTTLED: { status: 429, message: 'Too Many Requests', errorType: 'TooManyRequestsException' },
  QUOTA_EXCEEDED: { status: 429, message: 'Limit Exceeded', errorType: 'LimitExceededException' },
  REQUEST_TOO_LARGE: {
    ...{ status: 413, message: 'HTTP content length exceeded 10485760 bytes.' },
    errorType: 'RequestTooLargeException',
  },
  BAD_REQUEST_BODY: { status: 400, message: 'Invalid request body', errorType: 'BadRequestException' },
  BAD_REQUEST_PARAMETERS: { status: 400, message: 'Bad Request', errorType: 'BadRequestException' },
  INTEGRATION_TIMEOUT: {
    ...{ status: 504, message: 'Endpoint request timed out' },
    errorType: 'InternalServerErrorException',
  },
  API_CONFIGURATION_ERROR: {
    ...{ status: 500, message: 'Internal server error' },
    errorType: 'InternalServerErrorException',
  },
  DEFAULT_5XX: {
    ...{ status: 502, message: 'Internal server error' },
    errorType: 'InternalServerErrorException',
  },
} as const satisfies Partial<Record<GatewayResponseType, Facts>>;

export interface FailureDetails {
  /** A message that replaces the type's own. */
  message?: string;
  /** The problems of the body. */
  validationErrors?: readonly string[];
  /** The reason that is written to the API's execution log, but not sent to the client. */
  reason?: string;
}

/** A request that ends in a gateway response instead of the integration's answer. */
export class GatewayFailure extends Error {
  readonly status: number;
  readonly errorType: string;
  readonly validationErrors: readonly string[];
  readonly reason: string | undefined;

  constructor(
    /** The type. `DEFAULT_5XX` is used for an invalid answer of the integration, which has no type of its own. */
    readonly type: keyof typeof FAILURES,
    { message = FAILURES[type].message, validationErrors = [], reason }: FailureDetails = {},
  ) {
    super(message);
    const { status, errorType } = FAILURES[type];
    Object.assign(this, { name: type });
    this.status = status;
    this.errorType = errorType;
    this.validationErrors = validationErrors;
    this.reason = reason;
  }
}
