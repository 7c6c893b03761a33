import { BatchDeleteImageCommand, DescribeImagesCommand } from '@aws-sdk/client-ecr';
import { GetObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import {
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { body, fakeClients, serviceError, setEnvironment } from '../support/fake-clients';

setEnvironment({
  ARTIFACTS_BUCKET: 'artifacts',
  ENDPOINT_NAME: 'endpoint',
  INFERENCE_REPOSITORY: 'repository',
  SETTINGS: { keepModels: 1 },
});
let handler: typeof import('../../../lambda/retire').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/retire/index.ts')));

const aws = fakeClients();
const absent = serviceError('ValidationException', 'Could not find the resource.');

/** Champions, newest first; the newest one is in service. */
function champions(...runIds: string[]): void {
  const Versions = runIds.map((VersionId) => ({ Key: 'champion.json', VersionId }));
  aws.expect(ListObjectVersionsCommand, { Bucket: 'artifacts', Prefix: 'champion.json' }, { Versions });
  for (const runId of runIds) {
    const champion = {
      ...{ runId, modelName: `model-${runId}`, endpointConfigName: `config-${runId}` },
      inferenceImage: `registry/repository@sha256:${runId}`,
    };
    const version = { Bucket: 'artifacts', Key: 'champion.json', VersionId: runId };
    aws.expect(GetObjectCommand, version, { Body: body(champion) });
  }
  aws.bucket('artifacts', { 'challenger.json': null });
  const inUse = { EndpointConfigName: `config-${runIds[0]}` };
  aws.expect(DescribeEndpointCommand, { EndpointName: 'endpoint' }, inUse);
}

/** Images of the repository, newest first. */
const pushed = (...runIds: string[]) =>
  aws.expect(
    DescribeImagesCommand,
    { repositoryName: 'repository' },
    {
      imageDetails: runIds.map((runId, index) => ({
        imageDigest: `sha256:${runId}`,
        imagePushedAt: new Date(Date.UTC(2026, 10, 30) - index),
      })),
    },
  );

const deletes = (runId: string, config: object = {}, model: object = {}) =>
  aws
    .expect(DeleteEndpointConfigCommand, { EndpointConfigName: `config-${runId}` }, config)
    .expect(DeleteModelCommand, { ModelName: `model-${runId}` }, model);

const images = (answer: object, ...runIds: string[]) =>
  aws.expect(
    BatchDeleteImageCommand,
    { repositoryName: 'repository', imageIds: runIds.map((id) => ({ imageDigest: `sha256:${id}` })) },
    answer,
  );

test('former champions lose configuration, model and image', async () => {
  champions('c', 'b', 'a');
  deletes('b');
  // An earlier attempt deleted the configuration.
  deletes('a', absent);
  pushed('c', 'b', 'a');
  images({ failures: [{ imageId: {}, failureCode: 'ImageNotFound' }] }, 'b', 'a');
  expect(await handler({ runId: 'run' })).toEqual({ retired: ['b', 'a'] });
});

test('old images that no champion used are deleted, however many newer ones there are', async () => {
  champions('champion');
  const newer = Array.from({ length: 49 }, (_, n) => `rejected-${n}`);
  pushed(...newer, 'last-kept', 'old', 'champion', 'older');
  images({}, 'old', 'older');
  expect(await handler({ runId: 'run' })).toEqual({ retired: [] });
});

test('a champion whose configuration and model are gone is not reported', async () => {
  champions('b', 'a');
  deletes('a', absent, absent);
  pushed('b', 'a');
  expect(await handler({ runId: 'run' })).toEqual({ retired: [] });
});

test('a single champion stays', async () => {
  champions('a');
  pushed('a');
  expect(await handler({ runId: 'run' })).toEqual({ retired: [] });
});

test('an image that cannot be deleted is named in the error', async () => {
  champions('b', 'a');
  deletes('a');
  const failure = {
    imageId: { imageDigest: 'sha256:a' },
    failureCode: 'KmsError',
    failureReason: 'key disabled',
  };
  pushed('b', 'a');
  images({ failures: [failure] }, 'a');
  await expect(handler({ runId: 'run' })).rejects.toThrow('sha256:a: key disabled');
});

test('any other error of SageMaker fails the function', async () => {
  champions('b', 'a');
  aws.expect(
    DeleteEndpointConfigCommand,
    { EndpointConfigName: 'config-a' },
    serviceError('AccessDeniedException'),
  );
  await expect(handler({ runId: 'run' })).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
