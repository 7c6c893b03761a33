import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PROTOCOLS } from '../protocols';
import { route } from '../protocols/rest-router';
import type { WireRequest, WireResponse } from '../model/wire';
import { NoAnswer } from '../faults/no-answer';
import { authenticate } from './authentication';
import type { Cloud } from './cloud';
import { ServiceError } from '../model/errors';
import type { ServiceModel } from '../model/service-model';
import { isFormUpload, serveFormUpload } from './form-upload';
import { RequestBody, s3Body, s3Headers } from './request-body';
import { parseSignature } from './sigv4';

export interface Server {
  endpoint: string;
  close(): Promise<void>;
}

/** Opens one endpoint on loopback for all services, for `AWS_ENDPOINT_URL`. */
export async function startServer(cloud: Cloud, port: number): Promise<Server> {
  const server = createServer((request, response) => void answer(cloud, request, response));
  // Longer than clients keep idle connections, so that no client reuses a connection at the moment it is closed.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        taken
          ? new Error(`Port ${port} on 127.0.0.1 is in use; choose another, or 0 for any free port.`)
          : error,
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(cloud: Cloud, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const requestId = randomUUID();
  const gone = new AbortController();
  outgoing.once('close', () => {
    // An abort creates an error with its stack: only if the client has disconnected, not after each answer.
    if (!outgoing.writableFinished) gone.abort();
  });
  let service: ServiceModel | undefined;
  let response: WireResponse;
  try {
    const refusal = cloud.hosts.refusal(incoming.headers);
    if (refusal !== undefined) throw new ServiceError('AccessDeniedException', refusal, { status: 403 });
    const request = toWire(incoming);
    const host = cloud.services.hostOf(request.headers.host);
    if (!host) service = findService(cloud, request);
    response = host
      ? await host.answer(request)
      : await serve(cloud, service!, request, requestId, gone.signal);
  } catch (thrown) {
    if (thrown instanceof NoAnswer) return void outgoing.destroy();
    const error = thrown instanceof ServiceError ? thrown : internalFailure(thrown);
    response = service
      ? PROTOCOLS[service.protocol].writeError(error, service, requestId, incoming.method ?? '')
      : withoutService(error, requestId);
  }
  await send(outgoing, response).catch(() => outgoing.destroy());
  // The rest of a refused request is read and dropped, so that the client reads the answer.
  incoming.unpipe();
  incoming.resume();
}

async function serve(
  cloud: Cloud,
  service: ServiceModel,
  received: WireRequest,
  requestId: string,
  signal: AbortSignal,
): Promise<WireResponse> {
  if (isFormUpload(received, service)) return serveFormUpload(cloud, service, received, requestId, signal);
  const principal = await authenticate(received, service, cloud);
  const protocol = PROTOCOLS[service.protocol];
  const request = service.id === 's3' ? decoded(received) : received;
  const { operation, input } = await protocol.read(request, service);
  const output = await cloud
    .callByName(service.id, operation.name, input, { principal, signal, requestId })
    .finally(() => cloud.commit(operation.name));
  return protocol.write(operation, output, service, requestId);
}

/**
 * Returns the service of a request: by its target header if there is one, otherwise by its signing scope. An unsigned
 * request that matches no other service is S3's, the only service for anonymous callers.
 */
function findService(cloud: Cloud, request: WireRequest): ServiceModel {
  const target = request.headers['x-amz-target'];
  const signature = parseSignature(request);
  const scope = typeof signature === 'object' ? signature.service : undefined;
  const model = cloud.services.findModel((facts) => {
    if (target !== undefined) return facts.target === target.slice(0, Math.max(0, target.indexOf('.')));
    return facts.signingName === scope && facts.target === undefined;
  });
  if (model) return model;
  const s3 = cloud.services.model('s3');
  if (s3 && target === undefined && scope === undefined && isForS3(cloud, request)) return s3;
  if (target === undefined && scope === undefined) {
    const code = signature ? 'IncompleteSignatureException' : 'MissingAuthenticationTokenException';
    throw new ServiceError(code, 'Sign the request with SigV4: its scope names the service.', {
      status: 403,
    });
  }
  const requested = target === undefined ? `the service '${scope}'` : `X-Amz-Target '${target}'`;
  const message = `The local cloud does not have ${requested}. Available services: ${cloud.services.ids.join(', ')}.`;
  throw new ServiceError('UnknownOperationException', message, { status: 404 });
}

/**
 * Returns true for a request that is not a Query request and matches no route of another service. AWS decides by the
 * host.
 */
function isForS3(cloud: Cloud, request: WireRequest): boolean {
  const { method, path, query, headers } = request;
  if (query.has('Action') || headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
    return false;
  if (method === 'POST' && path === '/') return false;
  const seen = new Set<string>();
  const next = () =>
    cloud.services.findModel(({ protocol, package: name }) => protocol === 'restJson1' && !seen.has(name));
  for (let model = next(); model; model = next()) {
    if (route(request, model)) return false;
    seen.add(model.package);
  }
  return true;
}

function toWire(incoming: IncomingMessage): WireRequest {
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  if (!isDecodable(path))
    throw new ServiceError('InvalidURI', `Couldn't parse the path '${path}'.`, { status: 400 });
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  // Node keeps only the first of several: AWS sees all of them, and refuses the request.
  const authorization = incoming.headersDistinct.authorization;
  if (authorization) headers.authorization = authorization.join(', ');
  // A plus is literal in AWS's queries, whereas URLSearchParams reads it as a space.
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1).replaceAll('+', '%2B'));
  return { method: incoming.method ?? 'GET', path, query, headers, body: new RequestBody(incoming) };
}

function isDecodable(path: string): boolean {
  try {
    return decodeURIComponent(path).length > 0;
  } catch {
    return false;
  }
}

function decoded(request: WireRequest): WireRequest {
  const body = new RequestBody(s3Body(request.body.stream(), request.headers));
  return { ...request, headers: s3Headers(request.headers), body };
}

async function send(outgoing: ServerResponse, { status, headers, body }: WireResponse): Promise<void> {
  if (body instanceof Readable) {
    outgoing.writeHead(status, headers);
    await pipeline(body, outgoing);
    return;
  }
  const length = body === undefined ? undefined : Buffer.byteLength(body);
  outgoing.writeHead(status, { ...headers, ...(length !== undefined && { 'content-length': length }) });
  outgoing.end(body);
}

/** Returns the error for a bug in a handler: AWS's own 500, but with the cause, because the developer can act on it. */
function internalFailure(thrown: unknown): ServiceError {
  const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return new ServiceError('InternalFailure', message, { status: 500 });
}

function withoutService(error: ServiceError, requestId: string): WireResponse {
  return {
    status: error.status ?? 400,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': requestId,
      'x-amzn-errortype': error.code,
    },
    body: JSON.stringify({ __type: error.code, message: error.message }),
  };
}
