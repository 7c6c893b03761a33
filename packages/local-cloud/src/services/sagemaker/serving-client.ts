import type { Address } from '../../containers/engine';
import { Agent, request as httpRequest, type ClientRequest } from 'node:http';

/** A request to a container. */
export interface Invocation {
  body: Uint8Array;
  headers: Record<string, string>;
  /** Milliseconds until the request times out. */
  timeout?: number;
  /** Aborts the request before that. */
  signal?: AbortSignal;
  /** True for requests whose response is ignored: they do not delay the container's end. */
  copy?: boolean;
}

export interface ServingAnswer {
  status: number;
  contentType: string | undefined;
  body: Buffer;
  /** The response and its duration, from the request to the end of the response. */
  milliseconds: number;
}

interface Message {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: Uint8Array;
  /** Milliseconds. */
  timeout: number;
  signal?: AbortSignal;
}

/** Nothing listens on port 0, so a connection is refused. */
const NO_SERVER: Address = { host: '127.0.0.1', port: 0 };

/** A kept-alive connection that was found closed: the container may not have read the request. */
class StaleConnection extends Error {}

/** Returns true if a request failed before a container could read it, so that another container may get it. */
export function wasNeverSent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
}

/** An HTTP client of one container, with kept-alive connections. */
export class ServingClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });

  /** @param address undefined if the container ended before it had one */
  constructor(private readonly address: Address = NO_SERVER) {}

  /**
   * Sends a request. A server may close an idle connection while it is being reused; then the request is sent a second
   * time on a new connection.
   *
   * @throws an error named TimeoutError if the response takes too long, or the connection's error
   */
  async send(message: Message): Promise<ServingAnswer> {
    try {
      return await this.attempt(message);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
      return this.attempt(message).catch((again: unknown) => {
        // The container may have read it the first time: no other container may get it.
        throw wasNeverSent(again) ? error : again;
      });
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private attempt({ method, path, headers, body, timeout, signal }: Message): Promise<ServingAnswer> {
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        {
          ...this.address,
          method,
          path,
          agent: this.agent,
          headers: { ...headers, ...(body && { 'content-length': String(body.length) }) },
          signal,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode!,
              contentType: response.headers['content-type'],
              body: Buffer.concat(chunks),
              milliseconds: performance.now() - started,
            }),
          );
        },
      );
      const timer = setTimeout(() => {
        const error = new Error(`no answer within ${timeout} ms`);
        error.name = 'TimeoutError';
        request.destroy(error);
        reject(error);
      }, timeout);
      request.once('close', () => clearTimeout(timer));
      request.once('error', (error) => reject(isStale(request, error) ? staleConnection(error) : error));
      request.end(body);
    });
  }
}

function isStale(request: ClientRequest, error: NodeJS.ErrnoException): boolean {
  return request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

function staleConnection(cause: Error): StaleConnection {
  return new StaleConnection(cause.message, { cause });
}
