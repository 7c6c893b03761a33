import { AsyncEndpoint, type AsyncResult } from '../../../lambda/shared/async-endpoint';
import type { Bucket } from '../../../lambda/shared/s3';

describe('an asynchronous endpoint', () => {
  const objects = new Map<string, string>();
  const types = new Map<string, string>();
  const bucket = {
    uri: (key: string) => `s3://b/${key}`,
    json: async (key: string) => JSON.parse(objects.get(key) ?? 'null') as unknown,
    textIfAny: async (key: string) => objects.get(key),
    objectIfAny: async (key: string) => {
      const text = objects.get(key);
      return text === undefined ? undefined : { body: Buffer.from(text), contentType: types.get(key) };
    },
  } as unknown as Bucket;
  const endpoint = new AsyncEndpoint('e', bucket, ['application/json', 'image/png']);

  // The paths are those that SageMaker returned for the request.
  test.each<[string, Record<string, string>, AsyncResult]>([
    ['unknown', {}, { status: 'unknown' }],
    ['not answered yet', { 'async/requests/1/location.json': 'LOCATION' }, { status: 'pending' }],
    [
      'answered',
      { 'async/requests/1/location.json': 'LOCATION', 'async/answers/x.out': 'yes' },
      { status: 'done', body: Buffer.from('yes'), contentType: 'application/json' },
    ],
    [
      'failed',
      { 'async/requests/1/location.json': 'LOCATION', 'async/failures/x.out': 'no' },
      { status: 'failed', message: 'no' },
    ],
  ])('%s', async (_, stored, result) => {
    const location = { output: 's3://b/async/answers/x.out', failure: 's3://b/async/failures/x.out' };
    objects.clear();
    for (const [key, value] of Object.entries(stored)) {
      objects.set(key, value === 'LOCATION' ? JSON.stringify(location) : value);
    }
    expect(await endpoint.result('1')).toEqual(result);
  });

  test.each([
    ['image/png', 'image/png'],
    ['application/json; charset=utf-8', 'application/json; charset=utf-8'],
    ['binary/octet-stream', 'application/json'],
  ])('an answer stored as %s is of the type %s', async (stored, contentType) => {
    objects.clear();
    objects.set('async/requests/1/location.json', JSON.stringify({ output: 's3://b/x.out', failure: null }));
    objects.set('x.out', 'yes');
    types.set('x.out', stored);
    expect(await endpoint.result('1')).toMatchObject({ status: 'done', contentType });
  });
});
