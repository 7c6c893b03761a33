import { Readable } from 'node:stream';
import { findModel } from '../../src/services';
import { RequestBody } from '../../src/core/request-body';
import { route } from '../../src/protocols/rest-router';

const match = (
  service: 's3' | 'lambda' | 'sagemakerruntime',
  line: string,
  headers: Record<string, string> = {},
) => {
  const [method = '', url = ''] = line.split(' ');
  const [path = '', query = ''] = url.split('?');
  const body = new RequestBody(Readable.from([]));
  const found = route(
    { method, path, query: new URLSearchParams(query), headers, body },
    findModel(service)!,
  );
  return found && [found.operation.name, found.labels];
};

test.each([
  ['GET /', 'ListBuckets', {}],
  ['PUT /b', 'CreateBucket', { Bucket: 'b' }],
  ['PUT /b/', 'CreateBucket', { Bucket: 'b' }],
  ['HEAD /b', 'HeadBucket', { Bucket: 'b' }],
  ['GET /b?list-type=2&prefix=x', 'ListObjectsV2', { Bucket: 'b' }],
  ['GET /b?prefix=x', 'ListObjects', { Bucket: 'b' }],
  ['GET /b?versions', 'ListObjectVersions', { Bucket: 'b' }],
  ['GET /b?location', 'GetBucketLocation', { Bucket: 'b' }],
  ['PUT /b?versioning', 'PutBucketVersioning', { Bucket: 'b' }],
  ['POST /b?delete', 'DeleteObjects', { Bucket: 'b' }],
  ['GET /b/k', 'GetObject', { Bucket: 'b', Key: 'k' }],
  ['GET /b/a%20b//c%2Fd/', 'GetObject', { Bucket: 'b', Key: 'a b//c/d/' }],
  ['PUT /b/k', 'PutObject', { Bucket: 'b', Key: 'k' }],
  ['PUT /b/k?partNumber=1&uploadId=u', 'UploadPart', { Bucket: 'b', Key: 'k' }],
  ['POST /b/k?uploads', 'CreateMultipartUpload', { Bucket: 'b', Key: 'k' }],
  ['POST /b/k?uploadId=u', 'CompleteMultipartUpload', { Bucket: 'b', Key: 'k' }],
  ['DELETE /b/k?uploadId=u', 'AbortMultipartUpload', { Bucket: 'b', Key: 'k' }],
  ['DELETE /b/k?versionId=v', 'DeleteObject', { Bucket: 'b', Key: 'k' }],
])('S3: %s', (line, operation, labels) => {
  expect(match('s3', line)).toEqual([operation, labels]);
});

test('S3: a PUT with a copy source is a copy', () => {
  expect(match('s3', 'PUT /b/k', { 'x-amz-copy-source': 'b/x' })).toEqual([
    'CopyObject',
    { Bucket: 'b', Key: 'k' },
  ]);
});

test.each([
  ['lambda', 'POST /2015-03-31/functions/my-fn/invocations', 'Invoke', { FunctionName: 'my-fn' }],
  [
    'lambda',
    'GET /2015-03-31/functions/arn%3Aaws%3Alambda',
    'GetFunction',
    { FunctionName: 'arn:aws:lambda' },
  ],
  ['sagemakerruntime', 'POST /endpoints/e/invocations', 'InvokeEndpoint', { EndpointName: 'e' }],
] as const)('%s: %s', (service, line, operation, labels) => {
  expect(match(service, line)).toEqual([operation, labels]);
});

test('a path that belongs to no operation', () => {
  expect(match('sagemakerruntime', 'POST /endpoints/e/foo')).toBeUndefined();
  expect(match('s3', 'PATCH /b/k')).toBeUndefined();
});
