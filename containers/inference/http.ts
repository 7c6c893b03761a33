import { isUtf8 } from 'node:buffer';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { escapeText } from '../table/escape.ts';
import { invalid, RequestError, UserError } from './errors.ts';
import { logBug } from '../table/log.ts';

export interface Answer {
  readonly status: number;
  /** JSON; nothing is sent if undefined. */
  readonly body?: string;
}

type Handler = (request: IncomingMessage) => Answer | Promise<Answer>;

/** Routes: path → method → handler. */
export type Routes = Readonly<Record<string, Readonly<Record<string, Handler>>>>;

/** Creates an HTTP server for `routes` that turns any error of a handler into an answer of the error catalogue. */
export function httpServer(routes: Routes): Server {
  const server = createServer((request, response) => {
    void answer(routes, request)
      .catch(errorAnswer)
      .then(({ status, body }) => send(server, request, response, status, body));
  });
  return server;
}

/**
 * Reads a request's body.
 *
 * @param limit in bytes
 * @throws RequestError `PayloadTooLarge` for a body over the limit, of which no more than the limit is kept;
 *   `InvalidInput` for one that is not UTF-8
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Read to its end even if it is too large: a client that still sends when the connection closes gets a broken pipe
  // instead of the answer. SageMaker already rejects larger bodies.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  if (size > limit) {
    throw new RequestError(
      'PayloadTooLarge',
      `body: ${size} bytes, of which ${limit} are allowed; send the rows in several requests`,
    );
  }
  const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  if (!isUtf8(body)) throw invalid('body', 'not UTF-8; send text that is encoded as UTF-8');
  const text = body.toString('utf8');
  // JSON and CSV do not include a byte order mark.
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** Listens on a port. @throws UserError if the port is not available */
export async function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  await once(server.listen(port, host), 'listening').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      `SAGEMAKER_BIND_TO_PORT: cannot listen on ${host}:${port} (${error.code}); choose another`,
    );
  });
  return server.address() as AddressInfo;
}

/** Stops on SIGTERM: accepts no more connections, completes open requests, and ends the process with status 0. */
export function stopOnSignal(server: Server): void {
  process.on('SIGTERM', () => {
    if (server.listening) server.close(() => process.exit(0));
  });
}

async function answer(routes: Routes, request: IncomingMessage): Promise<Answer> {
  const path = (request.url ?? '').split('?')[0]!;
  const methods = Object.hasOwn(routes, path) ? routes[path]! : undefined;
  if (!methods) {
    throw new RequestError(
      'NotFound',
      `${escapeText(path)}: no such path; there are ${Object.keys(routes).join(' and ')}`,
    );
  }
  const handler = methods[request.method ?? ''];
  if (!handler) {
    const allowed = Object.keys(methods).join(', ');
    throw new RequestError(
      'MethodNotAllowed',
      `${request.method} ${path}: not a method of this path; use ${allowed}`,
    );
  }
  return handler(request);
}

function errorAnswer(error: unknown): Answer {
  if (!(error instanceof RequestError)) logBug(error);
  const known =
    error instanceof RequestError
      ? error
      : new RequestError('InternalError', 'the request failed; see the log for the cause');
  return { status: known.status, body: JSON.stringify(known) };
}

function send(
  server: Server,
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text = '',
): void {
  response.writeHead(status, {
    'content-length': Buffer.byteLength(text),
    ...(text && { 'content-type': 'application/json' }),
    // A body that was not read to its end makes the connection unusable, and a stopping server keeps none open.
    ...((!request.complete || !server.listening) && { connection: 'close' }),
  });
  response.end(text);
  request.resume();
}
