import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OwnHosts } from '../../core/foreign-requests';

/** An invocation as the Runtime API passes it to a runtime. */
export interface Invocation {
  requestId: string;
  /** The event: a JSON document. */
  payload: Buffer;
  functionArn: string;
  /** Milliseconds until the timeout. */
  timeoutMs: number;
  /** JSON, as the caller sent it. */
  clientContext?: string;
}

/** The runtime's calls of its API. */
export interface RuntimeListener {
  /** The runtime is initialized, or has finished an invocation, and requests the next one. */
  ready(): void;
  /** The handler's response, or the error that it threw: `{errorType, errorMessage, trace}`. */
  finished(requestId: string, kind: 'response' | 'error', body: Buffer): void;
  /** The function's code or its handler could not be loaded. */
  initFailed(body: Buffer): void;
}

const PREFIX = '/2018-06-01/runtime';

/**
 * The Runtime API of one execution environment. It has its own port, because a runtime does not identify itself when it
 * requests an invocation. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class RuntimeApi {
  private asking: ServerResponse | undefined;
  private waiting: Invocation | undefined;

  private constructor(
    private readonly server: Server,
    private readonly listener: RuntimeListener,
  ) {
    const hosts = new OwnHosts();
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (hosts.refusal(request.headers) !== undefined) return void response.writeHead(403).end();
      this.answer(request, response).catch(() => response.destroy());
    });
  }

  static async listen(listener: RuntimeListener): Promise<RuntimeApi> {
    const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new RuntimeApi(server, listener);
  }

  /** `127.0.0.1:<port>`, the value of `AWS_LAMBDA_RUNTIME_API`. */
  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Passes an invocation to the runtime, now or with its next request. */
  give(invocation: Invocation): void {
    if (this.asking) send(this.asking, invocation);
    else this.waiting = invocation;
    this.asking = undefined;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.startsWith(PREFIX) ? request.url.slice(PREFIX.length) : '';
    if (request.method === 'GET' && path === '/invocation/next') {
      if (this.waiting) send(response, this.waiting);
      else this.asking = response;
      this.waiting = undefined;
      this.listener.ready();
      return;
    }
    const body = await read(request);
    const [, requestId = '', kind] = /^\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (kind) this.listener.finished(decodeURIComponent(requestId), kind as 'response' | 'error', body);
    else if (path === '/init/error') this.listener.initFailed(body);
    response.writeHead(kind || path === '/init/error' ? 202 : 404, { 'content-type': 'application/json' });
    response.end('{"status":"OK"}');
  }
}

function send(response: ServerResponse, invocation: Invocation): void {
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': invocation.payload.length,
    'lambda-runtime-aws-request-id': invocation.requestId,
    'lambda-runtime-deadline-ms': Date.now() + invocation.timeoutMs,
    'lambda-runtime-invoked-function-arn': invocation.functionArn,
    'lambda-runtime-trace-id': traceId(invocation.requestId),
    ...(invocation.clientContext && { 'lambda-runtime-client-context': invocation.clientContext }),
  });
  response.end(invocation.payload);
}

/** Returns an unsampled trace id in X-Ray's format: `Root=1-<8 hex>-<24 hex>;Parent=<16 hex>;Sampled=0`. */
function traceId(requestId: string): string {
  const hex = requestId.replaceAll('-', '').padEnd(32, '0');
  return `Root=1-${hex.slice(0, 8)}-${hex.slice(8, 32)};Parent=${hex.slice(16, 32)};Sampled=0`;
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
