import { startS3Cloud, type S3Cloud } from './s3-cloud';

let s3Cloud: S3Cloud;
beforeAll(async () => (s3Cloud = await startS3Cloud()));
afterAll(() => s3Cloud.here.close());

async function begin(Bucket: string, ...keys: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const Key of keys) ids.push((await s3Cloud.client.createMultipartUpload({ Bucket, Key })).UploadId!);
  return ids;
}

test('uploads in progress are listed by key and by their beginning, and can be aborted', async () => {
  const Bucket = await s3Cloud.bucket('uploads');
  const [b, a1, a2] = await begin(Bucket, 'b', 'a', 'a');
  const list = async (question: object = {}) => {
    const answer = await s3Cloud.client.listMultipartUploads({ Bucket, ...question });
    const { IsTruncated, NextKeyMarker, NextUploadIdMarker } = answer;
    const ids = (answer.Uploads ?? []).map(({ UploadId }) => UploadId);
    return [ids, IsTruncated, NextKeyMarker, NextUploadIdMarker];
  };
  expect(await list()).toEqual([[a1, a2, b], false, 'b', b]);
  expect(await list({ MaxUploads: 1 })).toEqual([[a1], true, 'a', a1]);
  expect(await list({ MaxUploads: 1, KeyMarker: 'a', UploadIdMarker: a1 })).toEqual([[a2], true, 'a', a2]);
  expect(await list({ KeyMarker: 'a' })).toEqual([[b], false, 'b', b]);
  expect(await list({ UploadIdMarker: a2, MaxUploads: 1 })).toEqual([[a1], true, 'a', a1]);
  expect(await list({ KeyMarker: 'b' })).toEqual([[], false, '', '']);
  await expect(list({ KeyMarker: 'b', UploadIdMarker: a1 })).rejects.toMatchObject({
    name: 'InvalidArgument',
    message: 'Invalid uploadId marker',
  });
  await s3Cloud.client.abortMultipartUpload({ Bucket, Key: 'a', UploadId: a1 });
  expect(await list()).toEqual([[a2, b], false, 'b', b]);
  const { Uploads } = await s3Cloud.client.listMultipartUploads({ Bucket, Prefix: 'b' });
  expect(Uploads).toEqual([
    {
      UploadId: b,
      Key: 'b',
      Initiated: expect.any(Date),
      StorageClass: 'STANDARD',
      Owner: { ID: '123456789012' },
      Initiator: { ID: 'arn:aws:iam::123456789012:user/local-operator', DisplayName: 'local-operator' },
    },
  ]);
});

test('uploads are folded at a delimiter', async () => {
  const Bucket = await s3Cloud.bucket('folded-uploads');
  await begin(Bucket, 't/a/1', 't/a/2', 't/b', 'x y');
  const list = (question: object) =>
    s3Cloud.client.listMultipartUploads({ Bucket, Delimiter: '/', ...question });
  const folded = await list({ Prefix: 't/' });
  expect(folded).toMatchObject({
    Prefix: 't/',
    CommonPrefixes: [{ Prefix: 't/a/' }],
    Uploads: [{ Key: 't/b' }],
  });
  expect(folded.Uploads).toHaveLength(1);
  expect(await list({ EncodingType: 'url', Prefix: 'x' })).toMatchObject({ Uploads: [{ Key: 'x%20y' }] });
  const after = await list({ Prefix: 't/', KeyMarker: 't/a/' });
  expect([after.CommonPrefixes, after.Uploads?.map(({ Key }) => Key)]).toEqual([undefined, ['t/b']]);
});

test('parts are listed by page', async () => {
  const Bucket = await s3Cloud.bucket('listed-parts');
  const { UploadId } = await s3Cloud.client.createMultipartUpload({
    ...{ Bucket, Key: 'k' },
    ChecksumAlgorithm: 'SHA256',
  });
  const list = (more: object = {}) => s3Cloud.client.listParts({ Bucket, Key: 'k', UploadId, ...more });
  expect(await list()).toMatchObject({
    NextPartNumberMarker: '0',
    IsTruncated: false,
    ChecksumType: 'COMPOSITE',
  });
  for (const PartNumber of [1, 5]) {
    const part = { Bucket, Key: 'k', UploadId, PartNumber, Body: 'x', ChecksumAlgorithm: 'SHA256' as const };
    await s3Cloud.client.uploadPart(part);
  }
  const first = await list({ MaxParts: 1 });
  expect(first).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '1', MaxParts: 1 });
  expect(first.Parts).toMatchObject([{ PartNumber: 1, Size: 1, ChecksumSHA256: expect.any(String) }]);
  expect(await list({ PartNumberMarker: '1' })).toMatchObject({
    NextPartNumberMarker: '5',
    IsTruncated: false,
  });
});

test('a bucket with an upload in progress can be deleted', async () => {
  const Bucket = await s3Cloud.bucket('abandoned');
  const [UploadId] = await begin(Bucket, 'k');
  await s3Cloud.client.uploadPart({ Bucket, Key: 'k', UploadId, PartNumber: 1, Body: 'x' });
  await s3Cloud.client.deleteBucket({ Bucket });
  await s3Cloud.bucket('abandoned');
  expect((await s3Cloud.client.listMultipartUploads({ Bucket })).Uploads).toBeUndefined();
});

describe('the values of a completion are checked', () => {
  const upload = async (options: object = {}) => {
    const Bucket = await s3Cloud.bucket('completions', { versioned: false });
    const { UploadId } = await s3Cloud.client.createMultipartUpload({ Bucket, Key: 'k', ...options });
    const part = { Bucket, Key: 'k', UploadId, PartNumber: 1, Body: 'x' };
    const { ETag, ChecksumCRC32 } = await s3Cloud.client.uploadPart(part);
    return (more: object, checksum: object = { ChecksumCRC32 }) =>
      s3Cloud.client.completeMultipartUpload({
        ...{ Bucket, Key: 'k', UploadId },
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag, ...checksum }] },
        ...more,
      });
  };

  test.each([
    [
      { MpuObjectSize: 5 },
      undefined,
      'InvalidRequest',
      /'x-amz-mp-object-size' header value 5 does not match/,
    ],
    [
      { ChecksumType: 'FULL_OBJECT' },
      undefined,
      'InvalidRequest',
      /created using the COMPOSITE checksum mode/,
    ],
    [{}, {}, 'InvalidRequest', /was missing for part 1/],
    [{}, { ChecksumCRC32: 'AAAAAA==' }, 'BadDigest', /you specified for part 1 did not match/],
    [{ ChecksumCRC32: 'AAAAAA==-1' }, undefined, 'BadDigest', /did not match the calculated checksum/],
  ])('%j %j', async (more, checksum, name, message) => {
    const complete = await upload({ ChecksumAlgorithm: 'CRC32' });
    await expect(complete(more, checksum)).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
    expect(await complete({ MpuObjectSize: 1 })).toMatchObject({ ChecksumType: 'COMPOSITE' });
  });

  test('an upload without checksums is completed without them', async () => {
    const complete = await upload();
    await expect(complete({})).rejects.toMatchObject({ name: 'InvalidPart', PartNumber: '1' });
    await expect(complete({ ChecksumType: 'COMPOSITE' }, {})).rejects.toMatchObject({
      name: 'InvalidRequest',
    });
    expect((await complete({}, {})).ChecksumType).toBeUndefined();
  });

  test('checksums of the whole object', async () => {
    const complete = await upload({ ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
    await expect(complete({ ChecksumCRC32: 'AAAAAA==' })).rejects.toMatchObject({ name: 'BadDigest' });
    expect(await complete({})).toMatchObject({ ChecksumType: 'FULL_OBJECT', ChecksumCRC32: 'jNwWgw==' });
  });

  test.each([
    [{ ChecksumType: 'COMPOSITE' }, /can only be used with the x-amz-checksum-algorithm header/],
    [{ ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'COMPOSITE' }, /COMPOSITE .* the crc64nvme checksum/],
    [{ ChecksumAlgorithm: 'SHA1', ChecksumType: 'FULL_OBJECT' }, /FULL_OBJECT .* the sha1 checksum/],
    [{ ChecksumAlgorithm: 'XXHASH64' }, /Checksum algorithm provided is unsupported/],
  ])('an upload with %j is refused', async (options, message) => {
    const caller = { principal: s3Cloud.here.cloud.principals.operator };
    const input = { Bucket: await s3Cloud.bucket('refused-uploads'), Key: 'k', ...options };
    const attempt = s3Cloud.here.cloud.callByName('s3', 'CreateMultipartUpload', input, caller);
    await expect(attempt).rejects.toThrow(message);
  });

  test('a part with another algorithm than its upload is refused', async () => {
    const Bucket = await s3Cloud.bucket('other-algorithm');
    const { UploadId } = await s3Cloud.client.createMultipartUpload({
      ...{ Bucket, Key: 'k' },
      ChecksumAlgorithm: 'SHA256',
    });
    const part = s3Cloud.client.uploadPart({ Bucket, Key: 'k', UploadId, PartNumber: 1, Body: 'x' });
    await expect(part).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: 'Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32',
    });
  });
});
