import { ECR } from '@aws-sdk/client-ecr';
import { strToU8, zipSync } from 'fflate';
import { REGISTRY } from '../../jobs/job-cloud';
import { BuildCloud } from './build-cloud';

let builds: BuildCloud;

beforeAll(async () => (builds = await BuildCloud.open()));
afterAll(() => builds.close());

/** Builds of images, by the commands that a build has. */

test('a build builds an image from its source and pushes it with the given tag', async () => {
  const source = zipSync({
    Dockerfile: strToU8('ARG WORD\nFROM slim\nARG WORD\nENV SAID=$WORD\nCOPY a.txt /\nENTRYPOINT ["true"]'),
    'a.txt': strToU8('a'),
  });
  await builds.fixture.here.cloud.call(
    's3',
    'PutObject',
    { Bucket: 'bucket', Key: 'source.zip', Body: source },
    {
      principal: builds.fixture.here.cloud.principals.operator,
    },
  );
  const name = await builds.project({
    build: [
      'aws ecr get-login-password | docker login --username AWS --password-stdin "${URI%%/*}"',
      'docker build ${WORD:+--build-arg WORD="$WORD"} --tag "$URI:$TAG" .',
      'docker push "$URI:$TAG"',
    ],
  });
  const build = await builds.run(name, {
    sourceTypeOverride: 'S3',
    sourceLocationOverride: 'bucket/source.zip',
    environmentVariablesOverride: [
      { name: 'URI', value: `${REGISTRY}/app` },
      { name: 'TAG', value: 'built' },
      { name: 'WORD', value: 'two words' },
    ],
  });
  const output = await builds.log(build);
  expect(build).toMatchObject({
    buildStatus: 'SUCCEEDED',
    buildComplete: true,
    currentPhase: 'COMPLETED',
    buildNumber: 1,
  });
  const images = new ECR(builds.fixture.here.client);
  const { imageDetails } = await images.describeImages({
    repositoryName: 'app',
    imageIds: [{ imageTag: 'built' }],
  });
  expect(output).toContain(`built: digest: ${imageDetails![0]!.imageDigest}`);
  expect(output).toMatch(/Login Succeeded[^]*COPY a\.txt \/\nwriting image sha256:/);
});

test.each([
  ['--provenance=false --output type=image,oci-mediatypes=false', 'docker.distribution.manifest.v2'],
  ['', 'docker.distribution.manifest.v2'],
  ['--output type=image,oci-mediatypes=true', 'oci.image.manifest.v1'],
  ['--provenance=true', 'oci.image.index.v1'],
])('an image built with "%s" has the media type %s', async (options, type) => {
  const repositoryName = `typed-${type.includes('index') ? 'index' : type.split('.').at(-1)}-${options.length}`;
  const images = new ECR(builds.fixture.here.client);
  await images.createRepository({ repositoryName, imageTagMutability: 'IMMUTABLE' });
  const uri = `${REGISTRY}/${repositoryName}:one`;
  const name = await builds.project({
    build: [
      `printf 'FROM slim\\nENTRYPOINT ["true"]' > Dockerfile`,
      `aws ecr get-login-password | docker login --username AWS --password-stdin ${REGISTRY}`,
      `docker build --platform linux/amd64 ${options} --tag ${uri} .`,
      `docker push ${uri}`,
    ],
  });
  expect(await builds.run(name, {})).toMatchObject({ buildStatus: 'SUCCEEDED' });
  const { images: found } = await images.batchGetImage({ repositoryName, imageIds: [{ imageTag: 'one' }] });
  const mediaType = `application/vnd.${type}+json`;
  expect(found).toMatchObject([{ imageManifestMediaType: mediaType }]);
  expect(JSON.parse(found![0]!.imageManifest!)).toMatchObject({ mediaType });
});

test('a build whose push finds its immutable tag there can look at the image instead', async () => {
  const repositoryName = 'pushed-twice';
  const images = new ECR(builds.fixture.here.client);
  await images.createRepository({ repositoryName, imageTagMutability: 'IMMUTABLE' });
  const uri = `${REGISTRY}/${repositoryName}`;
  const look = `aws ecr describe-images --repository-name ${repositoryName} --image-ids`;
  const name = await builds.project({
    build: [
      `printf 'FROM slim\\nENV BUILD=%s\\nENTRYPOINT ["true"]' "$CODEBUILD_BUILD_ID" > Dockerfile`,
      `aws ecr get-login-password | docker login --username AWS --password-stdin ${REGISTRY}`,
      `docker build --tag ${uri}:one .`,
      `docker push ${uri}:one || ${look} imageTag=one`,
    ],
  });
  expect(await builds.run(name, {})).toMatchObject({ buildStatus: 'SUCCEEDED' });
  const second = await builds.run(name, {});
  expect(second).toMatchObject({ buildStatus: 'SUCCEEDED' });
  const { imageDetails } = await images.describeImages({ repositoryName });
  expect(imageDetails).toHaveLength(1);
  expect(await builds.log(second)).toContain(imageDetails![0]!.imageDigest);
  const absent = await builds.project({ build: [`${look} imageTag=other`] });
  expect(await builds.run(absent, {})).toMatchObject({ buildStatus: 'FAILED' });
});

test('a Dockerfile may be in a subfolder of its build context', async () => {
  const Body = zipSync({
    'a/Dockerfile': strToU8('FROM slim\nCOPY a/a.txt b /\nENTRYPOINT ["true"]'),
    'a/a.txt': strToU8('a'),
    'b/b.txt': strToU8('b'),
  });
  const { cloud } = builds.fixture.here;
  const input = { Bucket: 'bucket', Key: 'folders.zip', Body };
  await cloud.call('s3', 'PutObject', input, { principal: cloud.principals.operator });
  const name = await builds.project({ build: ['docker build --file a/Dockerfile --tag x:y .'] });
  const build = await builds.run(name, {
    sourceTypeOverride: 'S3',
    sourceLocationOverride: 'bucket/folders.zip',
  });
  expect(build.buildStatus).toBe('SUCCEEDED');
  expect(await builds.log(build)).toMatch(/COPY a\/a\.txt b \//);
});
