import { connect } from 'node:net';

/** Ways in which a client sends a body. */
export type Framing =
  /** With its length. */
  | 'length'
  | 'chunked'
  /** Some bytes at a time. */
  | 'slow'
  /** Ends the connection before the end of the body. */
  | 'truncated'
  /** Announces less than it sends: the rest is the start of another request. */
  | 'surplus'
  /** Sends a chunk whose size is no number. */
  | 'badChunk';

export interface RawRequest {
  readonly method: string;
  /** Below the stage. */
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly framing: Framing;
}

export interface RawAnswer {
  /** 0 if the connection closed without an answer. */
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: string;
  /** True if the server itself refused a message that is not HTTP: such an answer has no body. */
  readonly notHttp: boolean;
}

/** Milliseconds; API Gateway answers within 29 s whatever happens. */
const TIMEOUT_MS = 60_000;

/** Returns true if the message is not HTTP, or ends before its body does. */
export function isBroken({ framing }: RawRequest): boolean {
  return framing === 'truncated' || framing === 'surplus' || framing === 'badChunk';
}

/** Sends a request byte by byte as it is, which an HTTP client would refuse to. */
export function send(address: URL, request: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const socket = connect({ host: address.hostname, port: Number(address.port), allowHalfOpen: true });
    const end = () => {
      socket.destroy();
      resolve(readAnswer(Buffer.concat(received)));
    };
    socket.setTimeout(TIMEOUT_MS, () => {
      socket.destroy();
      reject(
        new Error(
          `no answer within ${TIMEOUT_MS} ms to ${request.framing} ${request.method} ${request.path}`,
        ),
      );
    });
    socket.on('data', (part: Buffer) => {
      received.push(part);
      if (isWhole(received)) end();
    });
    socket.on('end', end);
    // A server may close the connection while a refused body is still being sent.
    socket.on('error', end);
    socket.on('connect', () => void write(address, request, socket));
  });
}

async function write(
  address: URL,
  { method, path, headers, body, framing }: RawRequest,
  socket: ReturnType<typeof connect>,
): Promise<void> {
  const chunked = framing === 'chunked' || framing === 'badChunk';
  const length = framing === 'surplus' ? Math.max(0, body.length - 7) : body.length;
  const lines = [
    `${method} ${address.pathname}${path} HTTP/1.1`,
    `Host: ${address.host}`,
    'Connection: close',
    ...headers.map(([name, value]) => `${name}: ${value}`),
    chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  switch (framing) {
    case 'chunked':
      for (const part of parts(body, 3)) socket.write(Buffer.concat([size(part), part, Buffer.from('\r\n')]));
      socket.write('0\r\n\r\n');
      return;
    case 'badChunk':
      socket.write('zz\r\n');
      return;
    case 'truncated':
      socket.end(body.subarray(0, Math.floor(body.length / 2)));
      return;
    case 'slow':
      for (const part of parts(body, 10)) {
        socket.write(part);
        await new Promise((resolve) => setImmediate(resolve));
      }
      return;
    default:
      socket.write(body);
  }
}

function size(part: Buffer): Buffer {
  return Buffer.from(`${part.length.toString(16)}\r\n`);
}

function parts(body: Buffer, count: number): Buffer[] {
  const step = Math.max(1, Math.ceil(body.length / count));
  return Array.from({ length: Math.ceil(body.length / step) }, (_, index) =>
    body.subarray(index * step, (index + 1) * step),
  );
}

function isWhole(received: readonly Buffer[]): boolean {
  const all = Buffer.concat(received);
  const head = all.indexOf('\r\n\r\n');
  if (head < 0) return false;
  const length = /^content-length: *(\d+)/im.exec(all.subarray(0, head).toString('latin1'))?.[1];
  return length !== undefined && all.length >= head + 4 + Number(length);
}

function readAnswer(all: Buffer): RawAnswer {
  const head = all.indexOf('\r\n\r\n');
  const lines = all.subarray(0, Math.max(head, 0)).toString('latin1');
  const body = all.subarray(head + 4).toString('utf8');
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(lines)?.[1] ?? 0),
    contentType: /^content-type: *(\S+)/im.exec(lines)?.[1],
    body: head < 0 ? '' : body,
    notHttp: head >= 0 && body === '' && /^HTTP\/1\.1 4/.test(lines),
  };
}
