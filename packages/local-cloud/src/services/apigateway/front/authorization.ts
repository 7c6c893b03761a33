import { Readable } from 'node:stream';
import { authenticate } from '../../../core/authentication';
import type { Principal } from '../../../core/principals';
import { parseSignature } from '../../../core/sigv4';
import { ServiceError } from '../../../model/errors';
import type { WireRequest } from '../../../model/wire';
import type { ApiGatewayState, Authorizer, Method } from '../control/state';
import type { DeployedStage } from './exchange';
import { GatewayFailure } from './gateway-failure';
import type { CallerIdentity } from './proxy-event';
import { header, type FrontRequest } from './request';

/** The service that signatures of requests to REST APIs name. */
const SIGNED = { id: 'execute-api', signingName: 'execute-api', protocol: 'restJson1' } as const;

/**
 * The response types and messages of failed signatures, where the type's own message does not apply. For an unknown
 * access key, "Access denied" and its header are those of
 * https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden. The type of an incomplete signature is not
 * documented.
 */
const FAILED_SIGNATURES: Readonly<Record<string, (error: ServiceError) => GatewayFailure>> = {
  MissingAuthenticationTokenException: () => new GatewayFailure('MISSING_AUTHENTICATION_TOKEN'),
  IncompleteSignatureException: ({ message }) => new GatewayFailure('INVALID_SIGNATURE', { message }),
  InvalidSignatureException: ({ message }) =>
    new GatewayFailure('INVALID_SIGNATURE', message.startsWith('Credential') ? { message } : {}),
  UnrecognizedClientException: ({ message }) => new GatewayFailure('ACCESS_DENIED', { message }),
  ExpiredTokenException: () => new GatewayFailure('EXPIRED_TOKEN'),
  // A presigned request; the sentence begins as AWS's does.
  AccessDenied: () => new GatewayFailure('INVALID_SIGNATURE', { message: 'Signature expired' }),
};

/**
 * Authorizes a request by its method's authorization, and returns the caller's identity for AWS_IAM.
 *
 * @param body reads the request's body, which a signature covers
 * @throws GatewayFailure
 */
export async function authorizeCaller(
  state: ApiGatewayState,
  request: FrontRequest,
  deployed: DeployedStage,
  method: Method,
  body: () => Promise<Buffer>,
): Promise<CallerIdentity | undefined> {
  if (method.authorizationType === 'AWS_IAM') return bySignature(state, request, deployed, body);
  if (method.authorizationType === 'COGNITO_USER_POOLS') {
    throw withoutUserPools(request, deployed.definition.authorizers?.[method.authorizerId ?? '']);
  }
  // Without authentication, the API's policy alone decides, if it has one
  // (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html).
  if (deployed.definition.policy !== undefined)
    mayInvoke(state, request, deployed, state.cloud.principals.anonymous);
  return undefined;
}

/** Checks the signature, then that the caller's policies allow `execute-api:Invoke` on the path of the request. */
async function bySignature(
  state: ApiGatewayState,
  request: FrontRequest,
  deployed: DeployedStage,
  body: () => Promise<Buffer>,
): Promise<CallerIdentity> {
  const wire = toWire(request, body);
  const principal = await authenticate(wire, SIGNED, state.cloud).catch((error: unknown) => {
    const failed = error instanceof ServiceError ? FAILED_SIGNATURES[error.code] : undefined;
    throw failed ? failed(error as ServiceError) : error;
  });
  mayInvoke(state, request, deployed, principal);
  const signature = parseSignature(wire);
  const { account, userId, arn } = principal;
  return {
    accessKey: typeof signature === 'object' ? signature.accessKeyId : '',
    ...{ accountId: account, caller: userId, user: userId, userArn: arn },
  };
}

/**
 * Checks `execute-api:Invoke` on the path of the request by the caller's policies and the API's
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html).
 * API Gateway shows the end of its account only, and an anonymous caller no reason but an explicit denial
 * (https://github.com/ASFHyP3/hyp3/issues/2283, and the page on 403 above).
 *
 * @throws GatewayFailure ACCESS_DENIED
 */
function mayInvoke(
  { cloud }: ApiGatewayState,
  request: FrontRequest,
  { api, stage }: DeployedStage,
  principal: Principal,
): void {
  const resource = cloud.arn('execute-api', `${api.id}/${stage.stageName}/${request.method}${request.path}`);
  try {
    cloud.authorize({ principal }, { action: 'execute-api:Invoke', resources: [resource] });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const shown = resource.replace(`:${cloud.account}:`, `:********${cloud.account.slice(-4)}:`);
    const text = error.message.replace(resource, shown);
    const message =
      principal.kind === 'anonymous'
        ? text.replace(/ because .*$/, '').replace(/( with an explicit deny) in .*$/, '$1')
        : text;
    throw new GatewayFailure('ACCESS_DENIED', { message });
  }
}

function toWire(request: FrontRequest, body: () => Promise<Buffer>): WireRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase();
    headers[lower] = headers[lower] === undefined ? value : `${headers[lower]},${value}`;
  }
  return {
    method: request.method,
    path: request.sentPath,
    // A plus is literal in a signed query.
    query: new URLSearchParams(request.search.replaceAll('+', '%2B')),
    headers,
    body: {
      bytes: body,
      stream: () => Readable.from([]),
    },
  };
}

/**
 * Returns the answer of an authorizer of user pools to a missing or invalid token. No token is valid: this cloud has no
 * user pools.
 */
function withoutUserPools(request: FrontRequest, authorizer: Authorizer | undefined): GatewayFailure {
  const { identitySource = '', providerARNs = [] } = authorizer ?? {};
  const name = identitySource.replace('method.request.header.', '');
  const reason =
    header(request, name.toLowerCase()) === undefined
      ? `Unauthorized request: the header ${name} is missing`
      : `Unauthorized request: no token is valid, because the local cloud has no user pools (${providerARNs.join(', ')})`;
  return new GatewayFailure('UNAUTHORIZED', { reason });
}
