import { Transform, type TransformCallback } from 'node:stream';
import { ServiceError } from '../model/errors';
import { createChecksum, isChecksumAlgorithm, type Checksum } from './checksums';

const MAX_LINE_BYTES = 8192;

/**
 * Removes the `aws-chunked` framing from a body, and checks its length and its trailing checksum.
 *
 * The framing is `hex-size[;chunk-signature=…]\r\n bytes \r\n`, repeated to a size of 0, then trailer lines. The
 * chunks' own signatures are not checked: the request's signature is, and the trailer's checksum.
 */
export class AwsChunkedDecoder extends Transform {
  private state: 'size' | 'data' | 'data-end' | 'trailer' | 'end' = 'size';
  private line = Buffer.alloc(0);
  private remaining = 0;
  private received = 0;
  private readonly trailers = new Map<string, string>();
  private readonly checksum: Checksum | undefined;

  /**
   * @param trailer the name in `x-amz-trailer`, if there is one
   * @param decodedLength the announced size in bytes
   */
  constructor(
    private readonly trailer: string | undefined,
    private readonly decodedLength: number | undefined,
  ) {
    super();
    const algorithm = trailer?.replace(/^x-amz-checksum-/, '').toUpperCase();
    if (algorithm !== undefined) {
      if (!isChecksumAlgorithm(algorithm)) {
        throw new ServiceError('InvalidRequest', `The trailer '${trailer}' is not a supported checksum.`);
      }
      this.checksum = createChecksum(algorithm);
    }
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      let rest = chunk;
      while (rest.length > 0 && this.state !== 'end')
        rest = this.state === 'data' ? this.data(rest) : this.text(rest);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    this.verify().then(
      () => done(),
      (error: unknown) => done(error as Error),
    );
  }

  private data(bytes: Buffer): Buffer {
    const taken = bytes.subarray(0, this.remaining);
    this.remaining -= taken.length;
    this.received += taken.length;
    this.checksum?.update(taken);
    this.push(taken);
    if (this.remaining === 0) this.state = 'data-end';
    return bytes.subarray(taken.length);
  }

  private text(bytes: Buffer): Buffer {
    const end = bytes.indexOf(0x0a);
    this.line = Buffer.concat([this.line, end < 0 ? bytes : bytes.subarray(0, end + 1)]);
    if (this.line.length > MAX_LINE_BYTES) throw malformed(`a line is longer than ${MAX_LINE_BYTES} bytes`);
    if (end < 0) return Buffer.alloc(0);
    const line = this.line.toString('latin1').trimEnd();
    this.line = Buffer.alloc(0);
    this.consume(line);
    return bytes.subarray(end + 1);
  }

  private consume(line: string): void {
    if (this.state === 'size') {
      const [, size] = /^([0-9a-f]{1,12})(;|$)/i.exec(line) ?? [];
      if (size === undefined) throw malformed(`'${line.slice(0, 40)}' is not a chunk size`);
      this.remaining = parseInt(size, 16);
      this.state = this.remaining > 0 ? 'data' : 'trailer';
    } else if (this.state === 'data-end') {
      if (line !== '') throw malformed('a chunk is longer than its size');
      this.state = 'size';
    } else if (line === '') {
      this.state = 'end';
    } else {
      const colon = line.indexOf(':');
      this.trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
    }
  }

  private async verify(): Promise<void> {
    if (this.state !== 'end' && this.state !== 'trailer') throw malformed('it ends before its last chunk');
    if (this.decodedLength !== undefined && this.decodedLength !== this.received) {
      throw malformed(
        `it has ${this.received} bytes, x-amz-decoded-content-length says ${this.decodedLength}`,
      );
    }
    if (!this.checksum || this.trailer === undefined) return;
    const sent = this.trailers.get(this.trailer);
    const computed = await this.checksum.digest();
    if (sent === undefined) throw malformed(`the trailer ${this.trailer} is missing`);
    if (sent !== computed) {
      const message = `The ${this.trailer} you specified (${sent}) did not match what was received (${computed}).`;
      throw new ServiceError('BadDigest', message);
    }
  }
}

function malformed(what: string): ServiceError {
  return new ServiceError('IncompleteBody', `The aws-chunked body is malformed: ${what}.`);
}
