import { BatchGetImageCommand } from '@aws-sdk/client-ecr';
import { Registries } from '../../../lambda/initiate/ecr';
import { pinImages } from '../../../lambda/initiate/images';
import type { PrebuiltReference } from '../../../lib/contract/environment';
import { fakeClients, serviceError } from '../support/fake-clients';

const aws = fakeClients();
const HASHES = { preprocessing: 'p', training: 'xgboost:3.0-5', inference: 'i' };
const DIGEST = `sha256:${'a'.repeat(64)}`;
const training: PrebuiltReference = {
  registryId: '141502667606',
  repositoryName: 'sagemaker-xgboost',
  repositoryUri: '141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost',
  id: { imageTag: '3.0-5' },
  field: 'programs.train',
};

const pin = (answer: object, reference = training) => {
  const { registryId, repositoryName, id } = reference;
  aws.expect(BatchGetImageCommand, { registryId, repositoryName, imageIds: [id] }, answer);
  const registries = new Registries();
  return pinImages(HASHES, { training: reference }, (each) => registries.find(each));
};

test('an image is pinned by the digest that ECR has for it', async () => {
  expect(await pin({ images: [{ imageId: { imageDigest: DIGEST, imageTag: '3.0-5' } }] })).toEqual({
    hashes: { ...HASHES, training: DIGEST },
    images: { training: `${training.repositoryUri}@${DIGEST}` },
  });
});

test.each<[string, object, RegExp]>([
  [
    'does not exist',
    { images: [], failures: [{ failureCode: 'ImageNotFound' }] },
    /^programs\.train: the image .*sagemaker-xgboost:3\.0-5 does not exist; name another version$/,
  ],
  [
    'may not be pulled',
    serviceError('AccessDeniedException', 'not authorized to perform: ecr:BatchGetImage'),
    /cannot be read \(AccessDeniedException: not authorized.*\); .* must allow this account ecr:BatchGetImage/,
  ],
  ['is in no repository', serviceError('RepositoryNotFoundException'), /RepositoryNotFoundException/],
])('an image that %s ends the run by name', async (_, answer, message) => {
  await expect(pin(answer)).rejects.toMatchObject({
    name: 'ImageUnavailable',
    message: expect.stringMatching(message) as string,
  });
});

// SageMaker refuses it when the model is created, after the training.
test('an image with an OCI manifest cannot serve', async () => {
  const inference: PrebuiltReference = { ...training, id: { imageDigest: DIGEST }, field: 'programs.serve' };
  const serve = (imageManifestMediaType: string) => {
    const find = { images: [{ imageId: { imageDigest: DIGEST }, imageManifestMediaType }] };
    const { registryId, repositoryName, id } = inference;
    aws.expect(BatchGetImageCommand, { registryId, repositoryName, imageIds: [id] }, find);
    return pinImages(HASHES, { inference }, (each) => new Registries().find(each));
  };
  const docker = 'application/vnd.docker.distribution.manifest.v2+json';
  expect(await serve(docker)).toMatchObject({ hashes: { inference: DIGEST } });
  await expect(serve('application/vnd.oci.image.index.v1+json')).rejects.toMatchObject({
    name: 'ImageUnavailable',
    message: expect.stringMatching(
      /^programs\.serve: the image .* has the media type application\/vnd\.oci\.image\.index.*; must be .*docker/,
    ) as string,
  });
});

test('an image that was deleted is named by its digest, with what to do', async () => {
  const deleted = { ...training, id: { imageDigest: DIGEST } };
  await expect(pin({}, deleted)).rejects.toThrow(new RegExp(`@${DIGEST} does not exist; push it again`));
});

test('a failure of ECR is not a fault of the image', async () => {
  await expect(pin(serviceError('ServerException'))).rejects.toMatchObject({ name: 'ServerException' });
});
