import { Readable } from 'node:stream';

export function toReadable(body: unknown): Readable {
  if (body instanceof Readable) return body;
  if (body === undefined) return Readable.from([]);
  return Readable.from([typeof body === 'string' ? Buffer.from(body) : (body as Uint8Array)]);
}
