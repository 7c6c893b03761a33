import { ServiceError } from '../model/errors';
import { checkDigests } from './document-digests';
import { readRequest, writeResponse, type DocumentCodec } from './rest-bindings';
import { route } from './rest-router';
import { elements, escapeXml, fromXml, toXml } from './xml';
import { statusOf, type Protocol, type WireResponse } from '../model/wire';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

const codec: DocumentCodec = {
  contentType: 'application/xml',
  read: (schema, bytes) => (bytes.length > 0 ? (fromXml(schema, bytes) as object) : {}),
  write: (schema, members, value) => {
    const name = schema.getMergedTraits().xmlName ?? schema.getName() ?? 'Result';
    return DECLARATION + toXml(name, schema, members, value);
  },
};

/** restXml in S3's form. */
export const restXml: Protocol = {
  async read(request, service) {
    const match = route(request, service);
    if (!match) {
      const message = `The specified method is not allowed against this resource: ${request.method} ${request.path}.`;
      throw new ServiceError('MethodNotAllowed', message, { status: 405 });
    }
    await checkDigests(request, match.operation);
    return { operation: match.operation, input: await readRequest(request, match, codec) };
  },

  write(operation, output, service, requestId) {
    // The only S3 answer without a wrapping element (the s3UnwrappedXmlOutput trait, which schemas leave out).
    const response: WireResponse =
      operation.name === 'GetBucketLocation'
        ? {
            status: 200,
            headers: { 'content-type': codec.contentType },
            body: location(output, service.xmlNamespace),
          }
        : writeResponse(operation, output, codec);
    if ('ContentRange' in output && output.ContentRange !== undefined) response.status = 206;
    response.headers['x-amz-request-id'] = requestId;
    return response;
  },

  writeError(error, service, requestId, method) {
    const status = statusOf(error, service);
    const headers = { 'x-amz-request-id': requestId, ...error.headers };
    // Answers to HEAD and 304 answers have no body: clients then know the error by its status only.
    if (method === 'HEAD' || status === 304) return { status, headers };
    const detail = elements({
      Code: error.code,
      Message: error.message,
      ...error.members,
      RequestId: requestId,
    });
    return {
      status,
      headers: { ...headers, 'content-type': codec.contentType },
      body: `${DECLARATION}<Error>${detail}</Error>`,
    };
  },
};

function location(output: object, xmlNamespace = ''): string {
  const { LocationConstraint: region = '' } = output as { LocationConstraint?: string };
  return `${DECLARATION}<LocationConstraint xmlns="${xmlNamespace}">${escapeXml(region)}</LocationConstraint>`;
}
