import type { Input } from '../../core/service';
import { ServiceError } from '../../model/errors';
import { CHECKSUM_ALGORITHMS, createChecksum, isChecksumAlgorithm } from '../../protocols/checksums';
import type { Part, StoredChecksum, Upload } from './bucket-store';

/*
 * The messages are those that S3 answered to LocalStack's tests (tests/aws/services/s3/test_s3.snapshot.json,
 * `TestS3MultipartUploadChecksum`).
 */

type ChosenChecksum = Pick<Upload, 'checksumAlgorithm' | 'checksumType'>;

/** Returns the algorithm and type of an upload's checksums, if it has any. */
export function chooseChecksum(input: Input<'s3', 'CreateMultipartUpload'>): ChosenChecksum {
  const { ChecksumAlgorithm: algorithm, ChecksumType: type } = input;
  if (algorithm === undefined) {
    if (type === undefined) return {};
    throw invalid(
      'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    );
  }
  if (!isChecksumAlgorithm(algorithm)) {
    throw invalid(
      `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${CHECKSUM_ALGORITHMS.join(', ')}]`,
    );
  }
  const forbidden =
    algorithm === 'CRC64NVME' ? 'COMPOSITE' : algorithm.startsWith('SHA') ? 'FULL_OBJECT' : undefined;
  if (type !== undefined && type === forbidden) {
    throw invalid(
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  const byDefault = algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE';
  return { checksumAlgorithm: algorithm, checksumType: type ?? byDefault };
}

/** Refuses a part whose checksum algorithm is not the upload's. */
export function checkPartAlgorithm({ checksumAlgorithm }: Upload, input: Input<'s3', 'UploadPart'>): void {
  const given = CHECKSUM_ALGORITHMS.find((name) => input[`Checksum${name}`] !== undefined);
  const actual = given ?? input.ChecksumAlgorithm;
  if (!checksumAlgorithm || actual === undefined || actual === checksumAlgorithm) return;
  const names = [checksumAlgorithm, actual].map((name) => name.toLowerCase());
  throw invalid(
    `Checksum Type mismatch occurred, expected checksum Type: ${names[0]}, actual checksum Type: ${names[1]}`,
  );
}

type CompleteInput = Input<'s3', 'CompleteMultipartUpload'>;

/** Checks the request's values of the parts' checksums, the object's checksum type and its size. */
export function checkCompletion(upload: Upload, parts: readonly Part[], input: CompleteInput): void {
  const { checksumAlgorithm, checksumType } = upload;
  if (input.ChecksumType !== undefined && input.ChecksumType !== checksumType) {
    throw invalid(
      `The upload was created using the ${checksumType ?? 'null'} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (input.MpuObjectSize !== undefined && input.MpuObjectSize !== size) {
    throw invalid(
      `The provided 'x-amz-mp-object-size' header value ${input.MpuObjectSize} does not match what was computed: ${size}`,
    );
  }
  for (const { PartNumber, ...listed } of input.MultipartUpload?.Parts ?? []) {
    const part = parts.find(({ number }) => number === PartNumber);
    const given = CHECKSUM_ALGORITHMS.find((name) => listed[`Checksum${name}`] !== undefined);
    const stored = part?.checksum;
    if (given && !checksumAlgorithm) {
      throw new ServiceError(
        'InvalidPart',
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        { status: 400, members: { PartNumber, ETag: listed.ETag } },
      );
    }
    if (given && (stored?.member !== `Checksum${given}` || stored.value !== listed[`Checksum${given}`])) {
      const message = `The ${given.toLowerCase()} you specified for part ${PartNumber} did not match what we received.`;
      throw new ServiceError('BadDigest', message, { status: 400 });
    }
    if (!given && checksumAlgorithm && checksumType === 'COMPOSITE') {
      throw invalid(
        `The upload was created using a ${checksumAlgorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${PartNumber} in the request.`,
      );
    }
  }
}

/** Checks the request's checksum for the whole object, of an upload with checksums of the parts' checksums. */
export function checkComposite(input: CompleteInput, computed: StoredChecksum | undefined): void {
  const given = CHECKSUM_ALGORITHMS.find((name) => input[`Checksum${name}`] !== undefined);
  if (!given || !computed) return;
  const bare = (value: string) => value.replace(/-\d+$/, '');
  const value = input[`Checksum${given}`]!;
  if (computed.member === `Checksum${given}` && bare(value) === bare(computed.value)) return;
  const message = `The ${given.toLowerCase()} you specified did not match the calculated checksum.`;
  throw new ServiceError('BadDigest', message, { status: 400 });
}

/** Returns the checksum of the parts' checksums, with their number, as S3 shows it for uploads in parts. */
export async function compositeChecksum(parts: readonly Part[]): Promise<StoredChecksum | undefined> {
  const member = parts[0]?.checksum?.member;
  const algorithm = member?.slice('Checksum'.length);
  const all = parts.flatMap(({ checksum }) => (checksum?.member === member ? (checksum?.value ?? []) : []));
  if (algorithm === undefined || !isChecksumAlgorithm(algorithm) || all.length < parts.length)
    return undefined;
  const checksum = createChecksum(algorithm);
  for (const value of all) checksum.update(Buffer.from(value, 'base64'));
  return {
    member: `Checksum${algorithm}`,
    value: `${await checksum.digest()}-${parts.length}`,
    type: 'COMPOSITE',
  };
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidRequest', message, { status: 400 });
}
