import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { WireRequest } from '../model/wire';

/** A Signature Version 4 of a request, from its Authorization header or, for a presigned request, its query. */
export interface Signature {
  accessKeyId: string;
  /** `YYYYMMDD`. */
  date: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
  /** `YYYYMMDDTHHMMSSZ`. */
  timestamp: string;
  sessionToken?: string;
  /** The validity in seconds; presigned requests only. */
  expiresSeconds?: number;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The query parameters of a presigned request. Each occurs once. */
const QUERY = [
  ...['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-SignedHeaders', 'X-Amz-Signature', 'X-Amz-Date'],
  ...['X-Amz-Security-Token', 'X-Amz-Expires'],
];

/** The fields of an Authorization header: these three, each once. */
const FIELDS = ['Credential', 'SignedHeaders', 'Signature'];

/** Returns the request's signature; `undefined` if it has none, `'malformed'` if it cannot be parsed. */
export function parseSignature(request: WireRequest): Signature | 'malformed' | undefined {
  const { headers, query } = request;
  if (headers.authorization !== undefined) return parseHeader(headers.authorization, headers);
  if (query.get('X-Amz-Algorithm') !== ALGORITHM) return undefined;
  if (QUERY.some((name) => query.getAll(name).length > 1)) return 'malformed';
  return compose(
    query.get('X-Amz-Credential') ?? undefined,
    query.get('X-Amz-SignedHeaders') ?? undefined,
    query.get('X-Amz-Signature') ?? undefined,
    query.get('X-Amz-Date') ?? undefined,
    query.get('X-Amz-Security-Token') ?? undefined,
    Number(query.get('X-Amz-Expires') ?? NaN),
  );
}

function parseHeader(authorization: string, headers: WireRequest['headers']): Signature | 'malformed' {
  if (!authorization.startsWith(`${ALGORITHM} `)) return 'malformed';
  const given = authorization
    .slice(ALGORITHM.length + 1)
    .split(',')
    .map((field) => {
      const equals = field.indexOf('=');
      return [field.slice(0, equals).trim(), field.slice(equals + 1).trim()] as const;
    });
  const fields = new Map(given);
  if (given.length !== FIELDS.length || !FIELDS.every((name) => fields.has(name))) return 'malformed';
  return compose(
    fields.get('Credential'),
    fields.get('SignedHeaders'),
    fields.get('Signature'),
    headers['x-amz-date'],
    headers['x-amz-security-token'],
  );
}

export function compose(
  credential: string | undefined,
  signedHeaders: string | undefined,
  signature: string | undefined,
  timestamp: string | undefined,
  sessionToken: string | undefined,
  expiresSeconds?: number,
): Signature | 'malformed' {
  const scope = /^(.+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(credential ?? '');
  const complete = scope && signedHeaders && signature && /^\d{8}T\d{6}Z$/.test(timestamp ?? '');
  if (!complete || timestamp === undefined || Number.isNaN(expiresSeconds)) return 'malformed';
  const [, accessKeyId = '', date = '', region = '', service = ''] = scope;
  return {
    ...{ accessKeyId, date, region, service, signedHeaders: signedHeaders.split(';'), signature, timestamp },
    ...(sessionToken !== undefined && { sessionToken }),
    ...(expiresSeconds !== undefined && { expiresSeconds }),
  };
}

/** Returns true if the signature is the one that the secret yields for this request. `payloadHash` as it was signed. */
export function isSignedWith(
  secret: string,
  signature: Signature,
  request: WireRequest,
  payloadHash: string,
): boolean {
  const { date, region, service } = signature;
  const scope = `${date}/${region}/${service}/aws4_request`;
  const canonical = sha256(canonicalRequest(request, signature, payloadHash));
  const toSign = [ALGORITHM, signature.timestamp, scope, canonical].join('\n');
  return isHmacOf(toSign, secret, signature);
}

/** Returns true if the signature is the one that the secret yields for a text. */
export function isHmacOf(
  text: string,
  secret: string,
  { date, region, service, signature }: Pick<Signature, 'date' | 'region' | 'service' | 'signature'>,
): boolean {
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(
    (previous, part) => createHmac('sha256', previous).update(part).digest(),
    `AWS4${secret}`,
  );
  // Compares text: decoding would drop characters after the hexadecimal digits, and accept capital ones.
  const expected = Buffer.from(createHmac('sha256', key).update(text).digest('hex'));
  const actual = Buffer.from(signature);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function canonicalRequest(request: WireRequest, signature: Signature, payloadHash: string): string {
  // S3 signs the path as sent; every other service encodes it again before signing.
  const path = signature.service === 's3' ? request.path : request.path.split('/').map(encode).join('/');
  const query = [...request.query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const headers = signature.signedHeaders.map((name) => {
    return `${name}:${(request.headers[name] ?? '').trim().replace(/\s+/g, ' ')}\n`;
  });
  return [request.method, path, query, headers.join(''), signature.signedHeaders.join(';'), payloadHash].join(
    '\n',
  );
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Encodes all but the unreserved characters of RFC 3986, in capital hexadecimal. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
