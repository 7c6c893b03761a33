import { Agent, request as httpRequest, type ClientRequest } from 'node:http';

/** What a container is asked. */
export interface Invocation {
  body: Uint8Array;
  headers: Record<string, string>;
  /** Milliseconds until nobody waits any longer. */
  timeout?: number;
  /** Gives up before that. */
  signal?: AbortSignal;
  /** Nobody waits for the answer: it does not hold up the container's end. */
  copy?: boolean;
}

export interface ServingAnswer {
  status: number;
  contentType: string | undefined;
  body: Buffer;
  /** From the request to the end of the answer. */
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

/** A connection that was kept alive and is found closed: the container may never have read the request. */
class StaleConnection extends Error {}

/** Whether a request failed before any container could have read it, so that another one may be asked. */
export function wasNeverSent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
}

/** HTTP to one container, on kept-alive connections. */
export class ServingClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(private readonly port: number) {}

  /**
   * A server may close an idle connection in the moment in which it is used again; that request goes out a second
   * time, on a connection of its own.
   *
   * @throws an error named TimeoutError when the answer takes too long, or the connection's own
   */
  async send(message: Message): Promise<ServingAnswer> {
    try {
      return await this.attempt(message);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
      return this.attempt(message).catch((again: unknown) => {
        // It may have been read the first time: no other container may get it.
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
          host: '127.0.0.1',
          port: this.port,
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
