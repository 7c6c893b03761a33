import type { WireRequest } from '../model/wire';
import type { ProtocolName } from '../model/catalog';
import type { Clock } from './clock';
import { ServiceError } from '../model/errors';
import type { ServiceModel } from '../model/service-model';
import type { Principal, Principals } from './principals';
import { isSignedWith, parseSignature, sha256, type Signature } from './sigv4';

type Failure = 'missing' | 'incomplete' | 'unknown key' | 'expired' | 'mismatch' | 'scope';

type Family = 'json' | 'rest' | 'query' | 's3';

/** What each family of services calls a failed authentication: `[code, status]`. */
const CODES: Readonly<Record<Failure, Readonly<Record<Family, readonly [string, number]>>>> = {
  missing: {
    json: ['MissingAuthenticationTokenException', 400],
    rest: ['MissingAuthenticationTokenException', 403],
    query: ['MissingAuthenticationToken', 403],
    s3: ['AccessDenied', 403],
  },
  incomplete: {
    json: ['IncompleteSignatureException', 400],
    rest: ['IncompleteSignatureException', 403],
    query: ['IncompleteSignature', 403],
    s3: ['AuthorizationHeaderMalformed', 400],
  },
  'unknown key': {
    json: ['UnrecognizedClientException', 400],
    rest: ['UnrecognizedClientException', 403],
    query: ['InvalidClientTokenId', 403],
    s3: ['InvalidAccessKeyId', 403],
  },
  expired: {
    json: ['ExpiredTokenException', 400],
    rest: ['ExpiredTokenException', 403],
    query: ['ExpiredToken', 403],
    s3: ['ExpiredToken', 400],
  },
  mismatch: {
    json: ['InvalidSignatureException', 400],
    rest: ['InvalidSignatureException', 403],
    query: ['SignatureDoesNotMatch', 403],
    s3: ['SignatureDoesNotMatch', 403],
  },
  scope: {
    json: ['InvalidSignatureException', 400],
    rest: ['InvalidSignatureException', 403],
    query: ['SignatureDoesNotMatch', 403],
    s3: ['AuthorizationHeaderMalformed', 400],
  },
};

const FAMILY: Readonly<Record<ProtocolName, Family>> = {
  awsJson1_0: 'json',
  awsJson1_1: 'json',
  awsQuery: 'query',
  restJson1: 'rest',
  restXml: 's3',
};

interface Place {
  region: string;
  clock: Clock;
  principals: Principals;
}

/**
 * Who sent the request. The signature is verified as AWS does, except that a signature's age does not matter
 * (but a presigned URL's does), because the clock of a local cloud need not be the callers' clock.
 */
export async function authenticate(
  request: WireRequest,
  service: ServiceModel,
  place: Place,
): Promise<Principal> {
  const fail = (failure: Failure, message: string) => {
    const [code, status] = CODES[failure][FAMILY[service.protocol]];
    return new ServiceError(code, message, { status });
  };
  const signature = parseSignature(request);
  if (signature === undefined)
    throw fail('missing', 'Missing Authentication Token: sign the request with SigV4.');
  if (signature === 'malformed') {
    throw fail('incomplete', 'The SigV4 signature lacks Credential, SignedHeaders, Signature or X-Amz-Date.');
  }
  if (signature.service !== service.signingName) {
    throw fail('scope', `Credential should be scoped to correct service: '${service.signingName}'.`);
  }
  if (signature.region !== place.region) {
    const found = `'${signature.region}' is wrong; expecting '${place.region}'`;
    throw fail('scope', `Credential should be scoped to a valid region: ${found}.`);
  }
  const identity = place.principals.find(signature.accessKeyId);
  if (!identity || identity.credentials.sessionToken !== signature.sessionToken) {
    throw fail('unknown key', 'The security token included in the request is invalid.');
  }
  if (identity.expired) throw fail('expired', 'The security token included in the request is expired.');
  if (hasExpired(signature, place.clock)) {
    throw new ServiceError('AccessDenied', 'Request has expired: make a new presigned URL.', { status: 403 });
  }
  const payloadHash = await signedPayloadHash(request, service, signature);
  if (!isSignedWith(identity.credentials.secretAccessKey, signature, request, payloadHash)) {
    throw fail(
      'mismatch',
      'The request signature we calculated does not match the signature you provided. Check the secret access key.',
    );
  }
  return identity.principal;
}

function hasExpired({ timestamp, expiresSeconds }: Signature, clock: Clock): boolean {
  if (expiresSeconds === undefined) return false;
  const signed = Date.parse(timestamp.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  return signed + expiresSeconds * 1000 < clock.now();
}

/** S3 is told the hash (and checks it while the body streams by); the others' bodies are small enough to hash. */
async function signedPayloadHash(
  request: WireRequest,
  service: ServiceModel,
  signature: Signature,
): Promise<string> {
  if (service.id !== 's3') return sha256(await request.body.bytes());
  const told =
    request.headers['x-amz-content-sha256'] ?? request.query.get('X-Amz-Content-Sha256') ?? undefined;
  if (told !== undefined) return told;
  if (signature.expiresSeconds !== undefined) return 'UNSIGNED-PAYLOAD';
  throw new ServiceError('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
}
