import { createHash } from 'node:crypto';
import { ServiceError } from '../model/errors';
import type { OperationModel } from '../model/service-model';
import type { WireRequest } from '../model/wire';
import { CHECKSUM_ALGORITHMS, createChecksum } from './checksums';

/**
 * Checks a document against the digests in its request's headers. Bodies of objects are checked while they are stored;
 * digests that are members of an operation's input do not describe its document.
 *
 * @throws ServiceError InvalidDigest, BadDigest
 */
export async function checkDigests(request: WireRequest, { input }: OperationModel): Promise<void> {
  const members = [...input.structIterator()].map(([, member]) => member);
  if (members.some((member) => member.isStreaming())) return;
  const bound = new Set(
    members.flatMap((member) => member.getMergedTraits().httpHeader?.toLowerCase() ?? []),
  );
  const md5 = request.headers['content-md5'];
  if (md5 !== undefined) {
    checkMd5Form(md5);
    const digest = createHash('md5').update(await request.body.bytes());
    if (digest.digest('base64') !== md5) {
      throw badDigest('The Content-MD5 you specified did not match what we received.');
    }
  }
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const name = `x-amz-checksum-${algorithm.toLowerCase()}`;
    const expected = request.headers[name];
    if (expected === undefined || bound.has(name)) continue;
    const checksum = createChecksum(algorithm);
    checksum.update(await request.body.bytes());
    if ((await checksum.digest()) !== expected) {
      throw badDigest(`The ${algorithm} you specified did not match the calculated checksum.`);
    }
  }
}

/** Refuses a text that is not the Base64 of 16 bytes. */
export function checkMd5Form(md5: string): void {
  if (Buffer.from(md5, 'base64').length === 16 && /^[A-Za-z0-9+/]{22}==$/.test(md5)) return;
  throw new ServiceError('InvalidDigest', 'The Content-MD5 you specified was invalid.', {
    status: 400,
    members: { 'Content-MD5': md5 },
  });
}

function badDigest(message: string): ServiceError {
  return new ServiceError('BadDigest', message, { status: 400 });
}
