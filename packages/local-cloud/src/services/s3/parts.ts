import { ServiceError } from '../../model/errors';
import type { Version } from './bucket-store';
import { shownChecksum } from './object-facts';

export const MAX_PARTS = 10_000;

export function checkPartNumber(number: number | undefined): number {
  if (number !== undefined && Number.isInteger(number) && number >= 1 && number <= MAX_PARTS) return number;
  const message = `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`;
  throw new ServiceError('InvalidArgument', message, {
    members: { ArgumentName: 'partNumber', ArgumentValue: number },
  });
}

interface PartOfObject {
  start: number;
  end: number;
  /** The number of parts; only for an object that was uploaded in parts. */
  count?: number;
  checksum?: object;
}

/**
 * Returns the bytes of a part, counted from 1 in the object. Part 1 of an object that was uploaded as a whole is the
 * whole object. Sources: localstack, tests/aws/services/s3/test_s3.snapshot.json, `test_get_object_part`. It is not
 * known whether AWS counts the parts or keeps the numbers of an upload with gaps; the count in its error suggests the
 * first.
 *
 * @throws ServiceError InvalidPartNumber (416)
 */
export function partOf(version: Version, number: number): PartOfObject {
  const { parts, size, checksum } = version;
  const actual = parts?.length ?? 1;
  if (checkPartNumber(number) > actual) {
    throw new ServiceError('InvalidPartNumber', 'The requested partnumber is not satisfiable', {
      status: 416,
      members: { ActualPartCount: actual, PartNumberRequested: number },
    });
  }
  if (!parts) return { start: 0, end: size - 1, checksum: shownChecksum(checksum) };
  const start = parts.slice(0, number - 1).reduce((sum, part) => sum + part.size, 0);
  const part = parts[number - 1]!;
  const own = part.checksum && {
    [part.checksum.member]: part.checksum.value,
    ChecksumType: checksum?.type ?? part.checksum.type,
  };
  return { start, end: start + part.size - 1, count: parts.length, checksum: own };
}
