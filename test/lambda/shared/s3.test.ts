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
    'that another one forestalled (%s) is no error',
    async (name) => {
      expect(await failing(name).putNew('k', {})).toBe(false);
      expect(await failing(name).putOver('k', {}, 'e')).toBeNull();
    },
  );

  test('that is refused for another cause is one', async () => {
    await expect(failing('AccessDenied').putNew('k', {})).rejects.toThrow('AccessDenied');
  });
});
