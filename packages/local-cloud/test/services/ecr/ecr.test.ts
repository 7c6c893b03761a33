import { createHash } from 'node:crypto';
import { ECR } from '@aws-sdk/client-ecr';
import { ecr } from '../../../src/services/ecr';
import { testCloud, type TestCloud } from '../../support/test-cloud';

let here: TestCloud;
let client: ECR;

beforeAll(async () => {
  here = await testCloud([ecr]);
  client = new ECR(here.client);
});
afterAll(() => here.close());

const manifest = (name: string) =>
  JSON.stringify({
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { size: 10 },
    layers: [{ size: 90, name }],
  });
const digest = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

async function repository(repositoryName: string, imageTagMutability: 'MUTABLE' | 'IMMUTABLE' = 'IMMUTABLE') {
  await client.createRepository({
    repositoryName,
    imageTagMutability,
    imageScanningConfiguration: { scanOnPush: true },
  });
  return (name: string, imageTag?: string) =>
    client.putImage({ repositoryName, imageManifest: manifest(name), imageTag });
}

test('an image is found by tag and by digest, and its digest is that of its manifest', async () => {
  const put = await repository('team/app');
  const { image } = await put('one', 'v1');
  const imageDigest = digest(manifest('one'));
  expect(image?.imageId).toEqual({ imageDigest, imageTag: 'v1' });
  const { images, failures } = await client.batchGetImage({
    repositoryName: 'team/app',
    imageIds: [{ imageTag: 'v1' }, { imageDigest }, { imageTag: 'v2' }],
  });
  expect(images?.map(({ imageManifest }) => imageManifest)).toEqual([manifest('one'), manifest('one')]);
  expect(failures).toMatchObject([{ failureCode: 'ImageNotFound', imageId: { imageTag: 'v2' } }]);
  const { imageDetails } = await client.describeImages({
    repositoryName: 'team/app',
    imageIds: [{ imageTag: 'v1' }],
  });
  expect(imageDetails).toMatchObject([
    { imageDigest, imageTags: ['v1'], imageSizeInBytes: 100, imagePushedAt: expect.any(Date) },
  ]);
  const absent = client.describeImages({ repositoryName: 'team/app', imageIds: [{ imageTag: 'v2' }] });
  await expect(absent).rejects.toMatchObject({
    name: 'ImageNotFoundException',
    message: expect.stringContaining("imageTag:'v2'"),
  });
});

test('a repository has the settings that it was created with', async () => {
  await repository('shown');
  const { repositories } = await client.describeRepositories({ repositoryNames: ['shown'] });
  expect(repositories).toMatchObject([
    {
      repositoryArn: 'arn:aws:ecr:us-east-1:123456789012:repository/shown',
      repositoryUri: '123456789012.dkr.ecr.us-east-1.amazonaws.com/shown',
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
    },
  ]);
});

test('an immutable tag cannot be moved; a mutable one can', async () => {
  const fixed = await repository('fixed');
  await fixed('one', 'v1');
  await expect(fixed('two', 'v1')).rejects.toMatchObject({ name: 'ImageTagAlreadyExistsException' });
  await expect(fixed('one', 'v1')).rejects.toMatchObject({ name: 'ImageAlreadyExistsException' });
  expect((await fixed('one', 'v1-again')).image?.imageId?.imageTag).toBe('v1-again');

  const loose = await repository('loose', 'MUTABLE');
  await loose('one', 'latest');
  await loose('two', 'latest');
  const { imageDetails } = await client.describeImages({ repositoryName: 'loose' });
  const tags = Object.fromEntries(
    (imageDetails ?? []).map((image) => [image.imageDigest, image.imageTags ?? []]),
  );
  expect(tags).toEqual({ [digest(manifest('one'))]: [], [digest(manifest('two'))]: ['latest'] });
  const untagged = await client.listImages({ repositoryName: 'loose', filter: { tagStatus: 'UNTAGGED' } });
  expect(untagged.imageIds).toEqual([{ imageDigest: digest(manifest('one')) }]);
});

test('images are deleted by tag or digest, and a repository is deleted when it is empty or forced', async () => {
  const put = await repository('goes');
  await put('one', 'a');
  await put('one', 'b');
  const remove = (imageIds: object[]) => client.batchDeleteImage({ repositoryName: 'goes', imageIds });
  await remove([{ imageTag: 'a' }]);
  expect((await client.listImages({ repositoryName: 'goes' })).imageIds).toMatchObject([{ imageTag: 'b' }]);
  await expect(client.deleteRepository({ repositoryName: 'goes' })).rejects.toMatchObject({
    name: 'RepositoryNotEmptyException',
  });
  const { imageIds, failures } = await remove([{ imageDigest: digest(manifest('one')) }, { imageTag: 'z' }]);
  expect([imageIds?.length, failures?.[0]?.failureCode]).toEqual([1, 'ImageNotFound']);
  await client.deleteRepository({ repositoryName: 'goes' });
  await expect(put('one', 'a')).rejects.toMatchObject({
    name: 'RepositoryNotFoundException',
    message: "The repository with name 'goes' does not exist in the registry with id '123456789012'",
  });
});

test('bad names, digests and manifests are refused', async () => {
  const put = await repository('strict');
  await expect(repository('strict')).rejects.toMatchObject({ name: 'RepositoryAlreadyExistsException' });
  await expect(repository('Strict')).rejects.toMatchObject({ name: 'InvalidParameterException' });
  await expect(put('one', 'a b')).rejects.toMatchObject({ name: 'InvalidParameterException' });
  const wrong = client.putImage({
    repositoryName: 'strict',
    imageManifest: manifest('x'),
    imageDigest: digest('y'),
  });
  await expect(wrong).rejects.toMatchObject({ name: 'ImageDigestDoesNotMatchException' });
  const broken = client.putImage({ repositoryName: 'strict', imageManifest: '{' });
  await expect(broken).rejects.toMatchObject({ name: 'InvalidParameterException' });
});

test('policies are returned as they were set', async () => {
  await repository('policies');
  const missing = client.getLifecyclePolicy({ repositoryName: 'policies' });
  await expect(missing).rejects.toMatchObject({ name: 'LifecyclePolicyNotFoundException' });
  const selection = { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 1 };
  const rules = [{ rulePriority: 1, selection, action: { type: 'expire' } }];
  const lifecyclePolicyText = JSON.stringify({ rules });
  await client.putLifecyclePolicy({ repositoryName: 'policies', lifecyclePolicyText });
  expect((await client.getLifecyclePolicy({ repositoryName: 'policies' })).lifecyclePolicyText).toBe(
    lifecyclePolicyText,
  );
  const [token] = (await client.getAuthorizationToken()).authorizationData ?? [];
  expect(Buffer.from(token!.authorizationToken!, 'base64').toString()).toMatch(/^AWS:/);
});

test('images are kept after a restart', async () => {
  const put = await repository('kept');
  await put('one', 'v1');
  await here.restart();
  client = new ECR(here.client);
  const { images } = await client.batchGetImage({ repositoryName: 'kept', imageIds: [{ imageTag: 'v1' }] });
  expect(images).toHaveLength(1);
});
