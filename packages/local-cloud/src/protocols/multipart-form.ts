import { Readable } from 'node:stream';
import { ServiceError } from '../model/errors';

/** A field of a form, with its name as the form writes it. */
export interface FormField {
  name: string;
  value: string;
}

export interface FormFile {
  /** The file's name without folders; absent if the form sends the content as an ordinary field. */
  filename?: string;
  body: Readable;
}

export interface Form {
  /** The fields before the file, in their order. S3 ignores fields after it. */
  fields: FormField[];
  file?: FormFile;
}

/** S3 API reference, "Creating an HTML Form (Using AWS Signature Version 4)": "The form data and boundaries (excluding the contents of the file) cannot exceed 20 KB." */
const MAX_BYTES_BEFORE_FILE = 20 * 1024;

/**
 * Reads a body of multipart/form-data (RFC 7578) up to the content of its field `file`, which stays a stream.
 *
 * @throws ServiceError MalformedPOSTRequest, MaxPostPreDataLengthExceeded
 */
export async function readForm(source: Readable, boundary: string): Promise<Form> {
  const reader = new Reader(source.iterator({ destroyOnReturn: false }));
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const fields: FormField[] = [];
  await reader.until(delimiter);
  for (;;) {
    const end = await reader.take(2);
    if (end === '--') return { fields };
    if (end !== '\r\n') throw malformed();
    const { name, filename } = dispositionOf((await reader.until(HEADERS_END)).toString('utf8'));
    if (name.toLowerCase() === 'file') {
      const body = Readable.from(reader.pieces(delimiter));
      return { fields, file: { body, ...(filename !== undefined && { filename }) } };
    }
    fields.push({ name, value: (await reader.until(delimiter)).toString('utf8') });
  }
}

const HEADERS_END = Buffer.from('\r\n\r\n');

/** Reads a stream up to delimiters. */
class Reader {
  /** Begins with a line break, because the first delimiter may be at the very beginning without one. */
  private rest = Buffer.from('\r\n');
  private taken = 0;

  constructor(private readonly chunks: AsyncIterator<Buffer>) {}

  /** Returns everything before the delimiter, and skips the delimiter. */
  async until(delimiter: Buffer): Promise<Buffer> {
    let at = this.rest.indexOf(delimiter);
    while (at < 0) {
      if (this.taken + this.rest.length > MAX_BYTES_BEFORE_FILE) throw tooLong();
      await this.fill();
      at = this.rest.indexOf(delimiter);
    }
    if (this.taken + at > MAX_BYTES_BEFORE_FILE) throw tooLong();
    return this.skip(at, at + delimiter.length);
  }

  async take(count: number): Promise<string> {
    while (this.rest.length < count) await this.fill();
    return this.skip(count, count).toString('latin1');
  }

  /** Yields everything before the delimiter, as it arrives. */
  async *pieces(delimiter: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.rest.indexOf(delimiter);
      // The end of the buffered bytes may be the beginning of the delimiter.
      const ready = at < 0 ? this.rest.length - delimiter.length : at;
      if (ready > 0) yield this.skip(ready, ready);
      if (at >= 0) return;
      await this.fill();
    }
  }

  private async fill(): Promise<void> {
    const next = await this.chunks.next();
    if (next.done) throw malformed();
    this.rest = Buffer.concat([this.rest, next.value]);
  }

  private skip(end: number, next: number): Buffer {
    const piece = this.rest.subarray(0, end);
    this.rest = this.rest.subarray(next);
    this.taken += next;
    return piece;
  }
}

function dispositionOf(headers: string): { name: string; filename?: string } {
  const disposition = /^content-disposition:(.*)$/im.exec(headers)?.[1] ?? '';
  const parameter = (name: string) => {
    const [, quoted, token] =
      new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^;\\s]+))`, 'i').exec(disposition) ?? [];
    return quoted ?? token;
  };
  const name = parameter('name');
  if (name === undefined) throw malformed();
  // "only the text following the last slash (/) or backslash (\)": the same page.
  const filename = parameter('filename')?.replace(/^.*[/\\]/, '');
  return { name, ...(filename !== undefined && { filename }) };
}

function malformed(): ServiceError {
  const message = 'The body of your POST request is not well-formed multipart/form-data.';
  return new ServiceError('MalformedPOSTRequest', message, { status: 400 });
}

function tooLong(): ServiceError {
  const message = 'Your POST request fields preceding the upload file were too large.';
  return new ServiceError('MaxPostPreDataLengthExceeded', message, { status: 400 });
}
