import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { FrontRequest } from './request';
import type { Route } from './routes';

/** `$context` of a request, before the integration's answer. */
export interface RequestContext {
  accountId: string;
  apiId: string;
  stage: string;
  deploymentId: string;
  domainName: string;
  domainPrefix: string;
  requestId: string;
  extendedRequestId: string;
  requestTime: string;
  requestTimeEpoch: number;
  protocol: string;
  httpMethod: string;
  /** The path with the stage. */
  path: string;
  resourceId?: string;
  resourcePath?: string;
  operationName?: string;
  identity: Partial<CallerIdentity> & {
    sourceIp: string;
    userAgent: string | null;
    apiKey?: string;
    apiKeyId?: string;
  };
}

/** The caller of a method with the authorization AWS_IAM. */
export interface CallerIdentity {
  accessKey: string;
  accountId: string;
  caller: string;
  user: string;
  userArn: string;
}

/** Headers that API Gateway does not forward. */
const DROPPED = new Set([
  ...['connection', 'content-length', 'expect', 'keep-alive', 'proxy-authenticate', 'proxy-authorization'],
  ...['proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
]);

/** The identity of a caller without IAM or Cognito. */
const ANONYMOUS = {
  accessKey: null,
  accountId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
};

/**
 * Returns the event of a Lambda proxy integration, payload version 1.0.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function proxyEvent(
  request: FrontRequest,
  { resource, method, pathParameters }: Route,
  context: RequestContext,
  stageVariables: Readonly<Record<string, string>>,
  { body, isBase64Encoded }: { body: Buffer; isBase64Encoded: boolean },
): APIGatewayProxyEvent {
  const headers = [
    ...request.headers.filter(
      ([name, value]) => !DROPPED.has(name.toLowerCase()) && !isSignature(name, value, method),
    ),
    ['X-Forwarded-For', request.sourceIp] as const,
    ['X-Forwarded-Proto', 'http'] as const,
  ];
  const { operationName, ...rest } = context;
  return {
    resource: resource.path,
    path: `${request.domain?.basePath ?? ''}${request.path}`,
    httpMethod: request.method,
    headers: lastValues(headers),
    multiValueHeaders: allValues(headers),
    queryStringParameters: orNull(lastValues([...request.query])),
    multiValueQueryStringParameters: orNull(allValues([...request.query])),
    pathParameters: orNull(pathParameters),
    stageVariables: orNull({ ...stageVariables }),
    requestContext: {
      ...rest,
      ...(operationName !== undefined && { operationName }),
      identity: { ...ANONYMOUS, ...context.identity } as APIGatewayProxyEvent['requestContext']['identity'],
      authorizer: undefined,
      resourceId: resource.id,
      resourcePath: resource.path,
    },
    body: body.length === 0 ? null : body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
}

/**
 * "The Authorization header is dropped if it contains a Signature Version 4 signature or if AWS_IAM authorization is
 * used" (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html).
 */
function isSignature(name: string, value: string, { authorizationType }: Route['method']): boolean {
  if (name.toLowerCase() !== 'authorization') return false;
  return authorizationType === 'AWS_IAM' || value.startsWith('AWS4-HMAC-SHA256');
}

type Pairs = readonly (readonly [string, string])[];

function lastValues(pairs: Pairs): Record<string, string> {
  return Object.fromEntries(pairs);
}

function allValues(pairs: Pairs): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (const [name, value] of pairs) (values[name] ??= []).push(value);
  return values;
}

function orNull<T extends object>(values: T): T | null {
  return Object.keys(values).length > 0 ? values : null;
}

/** Returns true if a media type is one of an API's binary types; a `*` matches either half. */
export function isBinary(mediaType: string | undefined, binaryMediaTypes: readonly string[]): boolean {
  const [type = '', subtype = ''] = (mediaType ?? '')
    .split(',')[0]!
    .split(';')[0]!
    .trim()
    .toLowerCase()
    .split('/');
  return binaryMediaTypes.some((binary) => {
    const [wantedType, wantedSubtype] = binary.toLowerCase().split('/');
    return (
      (wantedType === '*' || wantedType === type) && (wantedSubtype === '*' || wantedSubtype === subtype)
    );
  });
}
