import { ServiceError } from '../model/errors';
import type { ServiceModel } from '../model/service-model';
import { fromJson, toJson } from './json-shapes';
import { statusOf, type Protocol } from '../model/wire';

/** awsJson 1.0 and 1.1: `POST /` with the operation in `X-Amz-Target`, JSON both ways. */
export function awsJson(version: '1.0' | '1.1'): Protocol {
  const contentType = `application/x-amz-json-${version}`;
  return {
    async read(request, service) {
      const target = request.headers['x-amz-target'] ?? '';
      const operation = service.operations.get(target.slice(target.indexOf('.') + 1));
      if (!operation) {
        throw new ServiceError('UnknownOperationException', `${service.id} has no operation '${target}'.`, {
          status: 404,
        });
      }
      const json = parseJson(await request.body.bytes());
      return { operation, input: fromJson(operation.input, json) as object };
    },

    write(operation, output, _service, requestId) {
      const body = operation.output.isUnitSchema() ? '{}' : toJson(operation.output, output);
      return { status: 200, headers: { 'content-type': contentType, 'x-amzn-requestid': requestId }, body };
    },

    writeError(error, service, requestId) {
      return {
        status: statusOf(error, service),
        headers: {
          'content-type': contentType,
          'x-amzn-requestid': requestId,
          ...queryCompatibleHeader(error, service),
          ...error.headers,
        },
        body: JSON.stringify({ __type: error.code, message: error.message, ...error.members }),
      };
    },
  };
}

/** Returns the object in a JSON body; an empty body is an empty object. Shared with restJson. */
export function parseJson(bytes: Buffer): object {
  if (bytes.length === 0) return {};
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new ServiceError('SerializationException', `The request's body is not JSON: ${String(error)}`, {
      status: 400,
    });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    const found = bytes.subarray(0, 40).toString('utf8');
    throw new ServiceError(
      'SerializationException',
      `The request's body must be a JSON object, not ${found}.`,
      {
        status: 400,
      },
    );
  }
  return json;
}

function queryCompatibleHeader(error: ServiceError, service: ServiceModel): Record<string, string> {
  if (!service.queryCompatible) return {};
  const code = service.errors.get(error.code)?.queryCode ?? error.code;
  return { 'x-amzn-query-error': `${code};${error.fault === 'server' ? 'Receiver' : 'Sender'}` };
}
