import { pipeline, type Readable } from 'node:stream';
import { notSupported, ServiceError } from '../model/errors';
import type { OperationModel, ServiceModel } from '../model/service-model';
import type { WireRequest, WireResponse } from '../model/wire';
import { readForm, type FormField } from '../protocols/multipart-form';
import { checkPolicy, limitedTo } from '../protocols/post-policy';
import { restXml } from '../protocols/rest-xml';
import { elements, fromXml } from '../protocols/xml';
import { authenticateForm } from './authentication';
import type { Cloud } from './cloud';
import { RequestBody, s3Body } from './request-body';

/** Returns true for an upload by an HTML form: an unsigned POST to a bucket, without a query. */
export function isFormUpload({ method, path, query, headers }: WireRequest, { id }: ServiceModel): boolean {
  return (
    id === 's3' &&
    method === 'POST' &&
    /^\/[^/]+\/?$/.test(path) &&
    query.size === 0 &&
    headers.authorization === undefined
  );
}

/**
 * Answers an upload by an HTML form (S3 User Guide, "Browser-Based Uploads Using POST"): a PutObject whose headers are
 * the form's fields, on behalf of the principal that signed the form's policy.
 */
export async function serveFormUpload(
  cloud: Cloud,
  service: ServiceModel,
  request: WireRequest,
  requestId: string,
  signal: AbortSignal,
): Promise<WireResponse> {
  const { fields: written, file } = await readForm(
    s3Body(request.body.stream(), request.headers),
    boundaryOf(request),
  );
  if (!file) {
    const message = 'POST requires exactly one file upload per request.';
    throw invalidArgument(message, 'file', '0');
  }
  const { filename } = file;
  const fields = written.map(({ name, value }) => ({
    name,
    value: filename === undefined || name === 'policy' ? value : value.replaceAll('${filename}', filename),
  }));
  const values = new Map(fields.map(({ name, value }) => [name.toLowerCase(), value]));
  const key = values.get('key');
  if (!key) {
    const message =
      "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.";
    throw invalidArgument(message, 'key', '');
  }
  const principal = authenticateForm(values, service, cloud);
  const bucket = decodeURIComponent(request.path.split('/')[1]!);
  const policy = values.get('policy');
  const isSigned = principal.kind !== 'anonymous' && policy !== undefined;
  const range = isSigned
    ? checkPolicy(Buffer.from(policy, 'base64').toString('utf8'), fields, bucket, cloud.clock.now())
    : undefined;
  const body: Readable = range ? pipeline(file.body, limitedTo(range), () => undefined) : file.body;
  const put: WireRequest = {
    method: 'PUT',
    path: `/${encodeURIComponent(bucket)}/${encodeURIComponent(key)}`,
    query: new URLSearchParams(),
    headers: headersOf(fields, service),
    body: new RequestBody(body),
  };
  const { operation, input } = await restXml.read(put, service);
  const caller = { principal, signal, requestId, form: true as const };
  const output = await cloud
    .callByName('s3', operation.name, input, caller)
    .finally(() => cloud.commit(operation.name));
  const answer = restXml.write(operation, output, service, requestId);
  const location = `${cloud.endpoint}/${bucket}/${encodeURIComponent(key)}`;
  return respond(values, { bucket, key, location, etag: (output as { ETag: string }).ETag }, answer);
}

function boundaryOf({ headers }: WireRequest): string {
  const [, quoted, token] =
    /^multipart\/form-data;.*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(headers['content-type'] ?? '') ?? [];
  const boundary = quoted ?? token;
  if (boundary !== undefined) return boundary;
  throw new ServiceError(
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    {
      status: 412,
      members: { Condition: 'Bucket POST must be of the enclosure-type multipart/form-data' },
    },
  );
}

/** Fields that are headers of PutObject under the same names, besides those that begin with `x-amz-`. */
const HEADER_FIELDS = [
  ...['cache-control', 'content-disposition', 'content-encoding', 'content-md5', 'content-type'],
  'expires',
];

const RENAMED: Readonly<Record<string, string>> = {
  acl: 'x-amz-acl',
  'x-amz-checksum-algorithm': 'x-amz-sdk-checksum-algorithm',
};

const SIGNATURE = /^x-amz-(?:algorithm|credential|date|signature|security-token)$/;

function headersOf(fields: readonly FormField[], service: ServiceModel): Record<string, string> {
  const known = headerNames(service.operations.get('PutObject')!);
  const headers: Record<string, string> = {};
  for (const { name, value } of fields) {
    const lower = name.toLowerCase();
    const header = RENAMED[lower] ?? lower;
    if (lower === 'tagging') headers['x-amz-tagging'] = tagsOf(value, service);
    else if (HEADER_FIELDS.includes(lower) || lower.startsWith('x-amz-meta-') || known.has(header))
      headers[header] = value;
    else if (lower.startsWith('x-amz-') && !SIGNATURE.test(lower))
      throw notSupported(`the form field ${name}`, 'Leave it out.');
  }
  return headers;
}

function headerNames({ input }: OperationModel): Set<string> {
  const headers = [...input.structIterator()].flatMap(
    ([, member]) => member.getMergedTraits().httpHeader ?? [],
  );
  return new Set(headers.map((name) => name.toLowerCase()).filter((name) => name.startsWith('x-amz-')));
}

/** Returns a form's tags, which are XML, as a header has them: a query. */
function tagsOf(xml: string, service: ServiceModel): string {
  const schema = service.operations.get('PutObjectTagging')!.input.getMemberSchema('Tagging');
  try {
    const { TagSet = [] } = fromXml(schema, Buffer.from(xml)) as {
      TagSet?: { Key?: string; Value?: string }[];
    };
    return TagSet.map(({ Key = '', Value = '' }) => [Key, Value].map(encodeURIComponent).join('=')).join('&');
  } catch {
    const message =
      'The XML you provided was not well-formed or did not validate against our published schema';
    throw new ServiceError('MalformedXML', message, { status: 400 });
  }
}

interface Uploaded {
  bucket: string;
  key: string;
  location: string;
  /** The ETag in quotes. */
  etag: string;
}

/** Returns the redirect or the status that the form requests. A status that S3 does not know becomes 204. */
function respond(
  fields: ReadonlyMap<string, string>,
  { bucket, key, location, etag }: Uploaded,
  { headers: written }: WireResponse,
): WireResponse {
  const headers: Record<string, string> = { ...written, location };
  delete headers['content-type'];
  const target = fields.get('success_action_redirect') ?? fields.get('redirect');
  if (target !== undefined && URL.canParse(target)) {
    const url = new URL(target);
    for (const [name, value] of Object.entries({ bucket, key, etag })) url.searchParams.append(name, value);
    return { status: 303, headers: { ...headers, location: url.href } };
  }
  const status = fields.get('success_action_status');
  if (status !== '201') return { status: status === '200' ? 200 : 204, headers };
  const detail = elements({ Location: location, Bucket: bucket, Key: key, ETag: etag });
  return {
    status: 201,
    headers: { ...headers, 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse>${detail}</PostResponse>`,
  };
}

function invalidArgument(message: string, name: string, value: string): ServiceError {
  return new ServiceError('InvalidArgument', message, {
    members: { ArgumentName: name, ArgumentValue: value },
  });
}
