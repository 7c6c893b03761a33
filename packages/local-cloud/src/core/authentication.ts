import type { WireRequest } from '../model/wire';
import type { ProtocolName } from '../model/catalog';
import type { Clock } from './clock';
import { ServiceError } from '../model/errors';
import type { ServiceModel } from '../model/service-model';
import type { Principal, Principals } from './principals';
import { compose, isHmacOf, isSignedWith, parseSignature, sha256, type Signature } from './sigv4';

type Failure = 'missing' | 'incomplete' | 'unknown key' | 'expired' | 'mismatch' | 'scope';

type Family = 'json' | 'rest' | 'query' | 'ec2' | 's3';

/** Each service family's error for a failed authentication: `[code, status]`. */
const CODES: Readonly<Record<Failure, Readonly<Record<Family, readonly [string, number]>>>> = {
  missing: {
    json: ['MissingAuthenticationTokenException', 400],
    rest: ['MissingAuthenticationTokenException', 403],
    query: ['MissingAuthenticationToken', 403],
    ec2: ['MissingAuthenticationToken', 403],
    s3: ['AccessDenied', 403],
  },
  incomplete: {
    json: ['IncompleteSignatureException', 400],
    rest: ['IncompleteSignatureException', 403],
    query: ['IncompleteSignature', 403],
    ec2: ['IncompleteSignature', 403],
    s3: ['AuthorizationHeaderMalformed', 400],
  },
  'unknown key': {
    json: ['UnrecognizedClientException', 400],
    rest: ['UnrecognizedClientException', 403],
    query: ['InvalidClientTokenId', 403],
    // EC2 API reference, "Error codes": "The provided credentials could not be validated".
    ec2: ['AuthFailure', 401],
    s3: ['InvalidAccessKeyId', 403],
  },
  expired: {
    json: ['ExpiredTokenException', 400],
    rest: ['ExpiredTokenException', 403],
    query: ['ExpiredToken', 403],
    ec2: ['RequestExpired', 400],
    s3: ['ExpiredToken', 400],
  },
  mismatch: {
    json: ['InvalidSignatureException', 400],
    rest: ['InvalidSignatureException', 403],
    query: ['SignatureDoesNotMatch', 403],
    ec2: ['AuthFailure', 401],
    s3: ['SignatureDoesNotMatch', 403],
  },
  scope: {
    json: ['InvalidSignatureException', 400],
    rest: ['InvalidSignatureException', 403],
    query: ['SignatureDoesNotMatch', 403],
    ec2: ['AuthFailure', 401],
    s3: ['AuthorizationHeaderMalformed', 400],
  },
};

const FAMILY: Readonly<Record<ProtocolName, Family>> = {
  awsJson1_0: 'json',
  awsJson1_1: 'json',
  awsQuery: 'query',
  ec2Query: 'ec2',
  restJson1: 'rest',
  restXml: 's3',
};

interface Context {
  region: string;
  clock: Clock;
  principals: Principals;
}

/**
 * Returns the principal that sent the request. The signature is verified as AWS does, except that a signature's age
 * does not matter (but a presigned URL's does), because the clock of a local cloud may differ from the callers' clock.
 * S3 accepts unsigned requests: their principal is anonymous, and bucket policies authorize it.
 */
export async function authenticate(
  request: WireRequest,
  service: ServiceModel,
  context: Context,
): Promise<Principal> {
  const signature = parseSignature(request);
  if (service.id === 's3') refuseVersion2(request);
  if (signature === undefined && service.id === 's3') return context.principals.anonymous;
  if (signature === undefined)
    throw failure(service, 'missing', 'Missing Authentication Token: sign the request with SigV4.');
  if (signature === 'malformed') throw malformed(service);
  const identity = identify(signature, service, context);
  if (hasExpired(signature, context.clock)) {
    throw new ServiceError('AccessDenied', 'Request has expired: make a new presigned URL.', { status: 403 });
  }
  if (service.id === 's3') refuseUnsignedHeaders(request, signature);
  const payloadHash = await signedPayloadHash(request, service, signature);
  if (!isSignedWith(identity.credentials.secretAccessKey, signature, request, payloadHash)) {
    throw mismatch(service);
  }
  return identity.principal;
}

/**
 * Refuses Signature Version 2, which S3 does not support for buckets created after June 24, 2020 (AWS News Blog,
 * "Amazon S3 Update: SigV2 Deprecation Period Extended & Modified").
 */
function refuseVersion2({ headers, query }: WireRequest): void {
  const isInQuery = query.has('AWSAccessKeyId') && query.has('Signature');
  if (isInQuery || headers.authorization?.startsWith('AWS ')) throw version2();
}

/**
 * Refuses `x-amz-` headers that the signature does not cover. S3's sentence is reproduced in
 * https://github.com/localstack/localstack (services/s3/presigned_url.py). The hash of the body
 * is an exception in presigned requests, whose signature has its own.
 */
function refuseUnsignedHeaders({ headers }: WireRequest, signature: Signature): void {
  const isPresigned = signature.expiresSeconds !== undefined;
  const unsigned = Object.keys(headers).filter(
    (name) =>
      name.startsWith('x-amz-') &&
      !signature.signedHeaders.includes(name) &&
      !(isPresigned && name === 'x-amz-content-sha256'),
  );
  if (unsigned.length === 0) return;
  const message = 'There were headers present in the request which were not signed';
  const members = { HeadersNotSigned: unsigned.join(', ') };
  throw new ServiceError('AccessDenied', message, { status: 403, members });
}

function version2(): ServiceError {
  const message =
    'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.';
  return new ServiceError('InvalidRequest', message);
}

/** The form fields of a signature, in the case in which S3's errors name them. */
const FORM_SIGNATURE = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Signature'] as const;

/**
 * Returns the principal that signed an upload's form: its signature covers the policy. A form without a signature is
 * anonymous. The errors are those that S3 answered to LocalStack's tests (tests/aws/services/s3/test_s3.snapshot.json,
 * `TestS3PresignedPost`).
 *
 * @param fields by their names in lower case
 */
export function authenticateForm(
  fields: ReadonlyMap<string, string>,
  service: ServiceModel,
  context: Context,
): Principal {
  if (fields.has('awsaccesskeyid') || fields.has('signature')) throw version2();
  if (!FORM_SIGNATURE.some((name) => fields.has(name.toLowerCase()))) return context.principals.anonymous;
  for (const name of [...FORM_SIGNATURE, 'policy']) {
    if (fields.has(name.toLowerCase())) continue;
    const message = `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`;
    throw new ServiceError('InvalidArgument', message, {
      members: { ArgumentName: name, ArgumentValue: '' },
    });
  }
  const field = (name: string) => fields.get(name);
  const signature = compose(
    field('x-amz-credential'),
    'host',
    field('x-amz-signature'),
    field('x-amz-date'),
    field('x-amz-security-token'),
  );
  if (signature === 'malformed' || field('x-amz-algorithm') !== 'AWS4-HMAC-SHA256') throw malformed(service);
  const { credentials, principal } = identify(signature, service, context);
  if (!isHmacOf(field('policy')!, credentials.secretAccessKey, signature)) throw mismatch(service);
  return principal;
}

/** Returns the identity whose key a signature names. */
function identify(signature: Signature, service: ServiceModel, context: Context) {
  const fail = (kind: Failure, message: string) => failure(service, kind, message);
  if (signature.service !== service.signingName) {
    throw fail('scope', `Credential should be scoped to correct service: '${service.signingName}'.`);
  }
  if (signature.region !== context.region) {
    const found = `'${signature.region}' is wrong; expecting '${context.region}'`;
    throw fail('scope', `Credential should be scoped to a valid region: ${found}.`);
  }
  const identity = context.principals.find(signature.accessKeyId);
  if (!identity || identity.credentials.sessionToken !== signature.sessionToken) {
    throw fail('unknown key', 'The security token included in the request is invalid.');
  }
  if (identity.expired) throw fail('expired', 'The security token included in the request is expired.');
  return identity;
}

function failure(service: ServiceModel, kind: Failure, message: string): ServiceError {
  const [code, status] = CODES[kind][FAMILY[service.protocol]];
  return new ServiceError(code, message, { status });
}

function malformed(service: ServiceModel): ServiceError {
  return failure(
    service,
    'incomplete',
    'The SigV4 signature must have Credential, SignedHeaders and Signature, each once and nothing else, and X-Amz-Date.',
  );
}

function mismatch(service: ServiceModel): ServiceError {
  return failure(
    service,
    'mismatch',
    'The request signature we calculated does not match the signature you provided. Check the secret access key.',
  );
}

function hasExpired({ timestamp, expiresSeconds }: Signature, clock: Clock): boolean {
  if (expiresSeconds === undefined) return false;
  const signed = Date.parse(timestamp.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  return signed + expiresSeconds * 1000 < clock.now();
}

/**
 * Returns the payload hash that was signed. S3 reads it from a header (and checks it while the body is streamed); the
 * other services' bodies are small enough to hash.
 */
async function signedPayloadHash(
  request: WireRequest,
  service: ServiceModel,
  signature: Signature,
): Promise<string> {
  if (service.id !== 's3') return sha256(await request.body.bytes());
  const header =
    request.headers['x-amz-content-sha256'] ?? request.query.get('X-Amz-Content-Sha256') ?? undefined;
  if (header !== undefined) return header;
  if (signature.expiresSeconds !== undefined) return 'UNSIGNED-PAYLOAD';
  throw new ServiceError('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
}
