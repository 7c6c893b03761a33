import { ServiceError } from '../model/errors';
import { parseJson } from './aws-json';
import { fromJson, toJson } from './json-shapes';
import { readRequest, writeResponse, type DocumentCodec } from './rest-bindings';
import { route } from './rest-router';
import { statusOf, type Protocol } from '../model/wire';

const codec: DocumentCodec = {
  contentType: 'application/json',
  read: (schema, bytes) => fromJson(schema, parseJson(bytes)) as object,
  write: (schema, members, value) =>
    toJson(schema, Object.fromEntries(Object.entries(value).filter(([name]) => members.includes(name)))),
};

/** restJson1: method and path name the operation, traits determine where members are, documents are JSON. */
export const restJson: Protocol = {
  async read(request, service) {
    const match = route(request, service);
    if (!match) {
      const message = `${service.id} has no operation at ${request.method} ${request.path}.`;
      throw new ServiceError('UnknownOperationException', message, { status: 404 });
    }
    return { operation: match.operation, input: await readRequest(request, match, codec) };
  },

  write(operation, output, _service, requestId) {
    const response = writeResponse(operation, output, codec);
    response.headers['x-amzn-requestid'] = requestId;
    return response;
  },

  writeError(error, service, requestId) {
    return {
      status: statusOf(error, service),
      headers: {
        'content-type': codec.contentType,
        'x-amzn-requestid': requestId,
        'x-amzn-errortype': error.code,
        ...error.headers,
      },
      // Services differ in the member's case (Lambda has both); clients read either.
      body: JSON.stringify({ Message: error.message, message: error.message, ...error.members }),
    };
  },
};
