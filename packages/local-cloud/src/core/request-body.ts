import { createHash } from 'node:crypto';
import { PassThrough, Readable, Transform } from 'node:stream';
import { AwsChunkedDecoder } from '../protocols/aws-chunked';
import type { Body } from '../model/wire';
import { ServiceError } from '../model/errors';

/** The limit in bytes, above Lambda's and SageMaker's own 6 MiB limits; streams are not limited. */
const MAX_BYTES = 16 * 1024 * 1024;

export class RequestBody implements Body {
  private whole: Promise<Buffer> | undefined;

  constructor(private readonly source: Readable) {}

  bytes(): Promise<Buffer> {
    return (this.whole ??= this.collect());
  }

  stream(): Readable {
    return this.whole ? Readable.from(this.pieces()) : this.source;
  }

  private async *pieces(): AsyncGenerator<Buffer> {
    yield await this.bytes();
  }

  private collect(): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let size = 0;
      // Listeners rather than a loop: leaving a loop would destroy the request, and the socket on which the answer is
      // sent.
      this.source.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= MAX_BYTES) chunks.push(chunk);
        else reject(tooLarge());
      });
      this.source.once('end', () => resolve(Buffer.concat(chunks)));
      this.source.once('error', reject);
      this.source.once('close', () => reject(clientGone()));
    });
  }
}

function tooLarge(): ServiceError {
  const message = `The request's body is larger than ${MAX_BYTES} bytes.`;
  return new ServiceError('RequestEntityTooLarge', message, { status: 413 });
}

function clientGone(): Error {
  return new Error('The client closed the connection before the end of its request.');
}

/** Returns S3's body without its framing. The stream fails at its end if the body does not match its headers. */
export function s3Body(source: Readable, headers: Readonly<Record<string, string>>): Readable {
  const hash = headers['x-amz-content-sha256'];
  const chunked = hash?.startsWith('STREAMING-') || /\baws-chunked\b/.test(headers['content-encoding'] ?? '');
  if (chunked) {
    const length = headers['x-amz-decoded-content-length'];
    return through(
      source,
      new AwsChunkedDecoder(headers['x-amz-trailer'], length ? Number(length) : undefined),
    );
  }
  const isHash = hash !== undefined && /^[0-9a-f]{64}$/.test(hash);
  return through(source, isHash ? new HashCheck(hash) : new PassThrough());
}

/** Returns the headers as they describe the decoded body. */
export function s3Headers(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { 'content-encoding': encoding, 'x-amz-decoded-content-length': length, ...others } = headers;
  const left = encoding
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== 'aws-chunked')
    .join(',');
  return {
    ...others,
    ...(left && { 'content-encoding': left }),
    ...(length && { 'content-length': length }),
  };
}

class HashCheck extends Transform {
  private readonly hash = createHash('sha256');

  constructor(private readonly expected: string) {
    super();
  }

  override _transform(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error: null, chunk: Buffer) => void,
  ): void {
    this.hash.update(chunk);
    done(null, chunk);
  }

  override _flush(done: (error?: Error) => void): void {
    if (this.hash.digest('hex') === this.expected) return done();
    const message = 'The provided x-amz-content-sha256 header does not match what was computed.';
    done(new ServiceError('XAmzContentSHA256Mismatch', message));
  }
}

/**
 * Pipes a stream through a transform. Unlike `pipeline`, it leaves the source open when the transform fails: destroying
 * a request destroys its socket too, and with it the answer that reports the error.
 */
function through(source: Readable, transform: Transform): Readable {
  source.once('error', (error) => transform.destroy(error));
  source.once('close', () => {
    if (!source.readableEnded) transform.destroy(clientGone());
  });
  transform.once('error', () => source.unpipe(transform));
  return source.pipe(transform);
}
