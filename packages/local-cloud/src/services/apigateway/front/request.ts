import type { IncomingMessage } from 'node:http';

/** A client's request to a stage. */
export interface FrontRequest {
  method: string;
  /** The path below the stage, as sent: percent-encoded, with a leading slash. */
  path: string;
  /** The whole path as sent, which a signature covers. */
  sentPath: string;
  query: URLSearchParams;
  /** The query as sent, without its question mark. */
  search: string;
  /** The custom domain name of the request, and the base path that it was mapped by, such as `/models`. */
  domain?: { name: string; basePath: string };
  /** The headers in order, with names as sent. */
  headers: readonly (readonly [name: string, value: string])[];
  sourceIp: string;
  /** The protocol: `HTTP/1.1`. */
  protocol: string;
  /** Returns the body, also when it is asked for again; `undefined` if it is larger than the limit. */
  body(limit: number): Promise<Buffer | undefined>;
}

/** Where a request goes, by its host and path. */
export type Target = Pick<FrontRequest, 'path' | 'sentPath' | 'search' | 'domain'>;

export function readFrontRequest(incoming: IncomingMessage, target: Target): FrontRequest {
  let read: Promise<Buffer | undefined> | undefined;
  const { rawHeaders } = incoming;
  const headers = Array.from(
    { length: rawHeaders.length / 2 },
    (_, i) => [rawHeaders[2 * i]!, rawHeaders[2 * i + 1]!] as const,
  );
  return {
    method: incoming.method ?? 'GET',
    ...target,
    query: new URLSearchParams(target.search),
    headers,
    sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
    protocol: `HTTP/${incoming.httpVersion}`,
    body: (limit) => (read ??= readBody(incoming, limit)),
  };
}

/** Returns the last value of a header, by its name in lower case. */
export function header({ headers }: Pick<FrontRequest, 'headers'>, name: string): string | undefined {
  return headers.findLast(([candidate]) => candidate.toLowerCase() === name)?.[1];
}

function readBody(incoming: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  if (Number(incoming.headers['content-length'] ?? 0) > limit) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    // Listeners rather than a loop: leaving a loop would destroy the request, and the socket on which the answer is
    // sent.
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) resolve(undefined);
      else chunks.push(chunk);
    });
    incoming.once('end', () => resolve(Buffer.concat(chunks)));
    incoming.once('close', () =>
      reject(new Error('The client closed the connection before the end of its request.')),
    );
  });
}
