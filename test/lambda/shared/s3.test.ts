import { S3Client } from '@aws-sdk/client-s3';
import { Bucket } from '../../../lambda/shared/s3';

describe('a conditional write', () => {
  const failing = (name: string) =>
    new Bucket('b', {
      send: async () => {
        throw Object.assign(new Error(name), { name });
      },
    } as unknown as S3Client);

  test.each(['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'])(
    'that lost to a concurrent write (%s) is not an error',
    async (name) => {
      expect(await failing(name).putNew('k', {})).toBe(false);
      expect(await failing(name).putOver('k', {}, 'e')).toBeNull();
    },
  );

  test('that fails for another reason is an error', async () => {
    await expect(failing('AccessDenied').putNew('k', {})).rejects.toThrow('AccessDenied');
  });
});
