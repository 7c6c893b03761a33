import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { notSupported, ServiceError } from '../../model/errors';
import { CHECKSUM_ALGORITHMS, createChecksum, isChecksumAlgorithm } from '../../protocols/checksums';
import { checkMd5Form } from '../../protocols/document-digests';
import { toReadable } from '../../core/readable';
import type { StoredChecksum } from './bucket-store';

export interface Received {
  /** The file's name in the directory. */
  file: string;
  size: number;
  /** Hexadecimal. */
  md5: string;
  checksum?: StoredChecksum;
}

/** The members of PutObject and UploadPart that concern the body. */
export interface BodyInput {
  Body?: unknown;
  ContentMD5?: string;
  ContentLength?: number;
  ChecksumAlgorithm?: string;
}

/** Streams a body into a new file, and checks it against every digest in the request. */
export async function receive(directory: string, input: BodyInput): Promise<Received> {
  if (input.ContentMD5 !== undefined) checkMd5Form(input.ContentMD5);
  const expected = expectedChecksum(input);
  const algorithm = expected?.algorithm;
  const checksum = algorithm && createChecksum(algorithm);
  const md5 = createHash('md5');
  let size = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      md5.update(chunk);
      checksum?.update(chunk);
      done(null, chunk);
    },
  });
  await mkdir(directory, { recursive: true });
  const file = randomUUID();
  const path = join(directory, file);
  try {
    await pipeline(toReadable(input.Body), meter, createWriteStream(path));
    const digest = md5.digest();
    if (input.ContentMD5 !== undefined && input.ContentMD5 !== digest.toString('base64')) {
      throw badDigest('Content-MD5', input.ContentMD5, digest.toString('base64'));
    }
    const value = await checksum?.digest();
    if (expected?.value !== undefined && expected.value !== value) {
      throw badDigest(`x-amz-checksum-${expected.algorithm.toLowerCase()}`, expected.value, String(value));
    }
    return {
      file,
      size,
      md5: digest.toString('hex'),
      ...(algorithm && value && { checksum: { member: `Checksum${algorithm}`, value, type: 'FULL_OBJECT' } }),
    };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** Returns the algorithm to compute and the value that the request expects, if any. */
function expectedChecksum(input: BodyInput) {
  const given = Object.entries(input).find(([name]) => /^Checksum(?!Algorithm|Type|Mode)/.test(name));
  const algorithm = given?.[0].slice('Checksum'.length) ?? input.ChecksumAlgorithm;
  if (algorithm === undefined) return undefined;
  if (!isChecksumAlgorithm(algorithm)) {
    throw notSupported(
      `the checksum algorithm ${algorithm}`,
      `Use one of ${CHECKSUM_ALGORITHMS.join(', ')}.`,
    );
  }
  return { algorithm, value: given?.[1] as string | undefined };
}

function badDigest(name: string, sent: string, computed: string): ServiceError {
  const message = `The ${name} you specified (${sent}) did not match what was received (${computed}).`;
  return new ServiceError('BadDigest', message, { status: 400 });
}

/** Returns the inclusive bounds of a Range header in an object; `undefined` if S3 answers with the whole object. */
export function readRange(
  range: string | undefined,
  size: number,
): { start: number; end: number } | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && from !== '' && Number(to) < Number(from)) return undefined;
  if (start >= size || (from === '' && Number(to) === 0)) {
    throw new ServiceError('InvalidRange', 'The requested range is not satisfiable', {
      status: 416,
      members: { RangeRequested: range, ActualObjectSize: size },
    });
  }
  return { start, end };
}
