import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ECR } from '@aws-sdk/client-ecr';
import { ServiceError } from '../../src/model/errors';
import { parseImageUri, pullImage, pushImage } from '../../src/images/image-manifest';
import { engineOf } from '../../src/engines';
import { ProcessImages } from '../../src/images/process-image';
import { ecr } from '../../src/services/ecr';
import { testCloud, type TestCloud } from '../support/test-cloud';

const REPOSITORY = '123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app';
let here: TestCloud;
let images: ProcessImages;
const denied = new Set<string>();

beforeAll(async () => {
  here = await testCloud([ecr], {
    authorizer:
      () =>
      ({ action }) => {
        if (denied.has(action))
          throw new ServiceError('AccessDeniedException', `not authorized to perform: ${action}`);
      },
  });
  images = here.cloud.part(ProcessImages);
  await new ECR(here.client).createRepository({
    repositoryName: 'team/app',
    imageTagMutability: 'IMMUTABLE',
  });
});
afterEach(() => denied.clear());
afterAll(() => here.close());

const caller = () => ({ principal: here.cloud.principals.operator });
const push = (image: ReturnType<typeof build>, uri: string) => pushImage(here.cloud, image, uri, caller());
const pull = (uri: string) => pullImage(here.cloud, engineOf(here.cloud), uri, caller());

function build(word: string) {
  const context = mkdtempSync(join(here.stateDirectory, 'context-'));
  writeFileSync(join(context, 'Dockerfile'), `FROM slim\nENTRYPOINT ["${word}"]`);
  return images.build(context, {}, () => undefined);
}

test('an image that was pushed by tag is pulled by tag or digest', async () => {
  const image = build('one');
  const digest = await push(image, `${REPOSITORY}:v1`);
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(await pull(`${REPOSITORY}@${digest}`)).toEqual(image);
  expect(await pull(`${REPOSITORY}:v1`)).toEqual(image);
  await push(image, `${REPOSITORY}:latest`);
  expect(await pull(REPOSITORY)).toEqual(image);
});

test('an immutable tag keeps its image', async () => {
  await push(build('first'), `${REPOSITORY}:fixed`);
  await expect(push(build('second'), `${REPOSITORY}:fixed`)).rejects.toMatchObject({
    name: 'ImageTagAlreadyExistsException',
  });
});

test.each<[string, string, RegExp]>([
  ['a missing tag', `${REPOSITORY}:gone`, /:gone: Requested image not found/],
  ['a missing repository', `${REPOSITORY}s:v1`, /repository with name 'team\/apps' does not exist/],
  [
    'another registry',
    'docker.io/library/python:3',
    /is not an ECR image URI; use the form 123456789012\.dkr\.ecr/,
  ],
  [
    "another account's registry",
    '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1',
    /^683313688378\.dkr\.ecr\.us-east-1\.amazonaws\.com\/sagemaker-xgboost:1\.7-1 is a prebuilt image of another registry.* Use --engine docker/,
  ],
])('%s cannot be pulled', async (_, uri, message) => {
  await expect(pull(uri)).rejects.toThrow(message);
});

test.each(['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:GetAuthorizationToken'])(
  'a pull needs %s',
  async (action) => {
    await push(build('pulled'), `${REPOSITORY}:${action.slice(4)}`);
    denied.add(action);
    await expect(pull(`${REPOSITORY}:${action.slice(4)}`)).rejects.toThrow(action);
  },
);

test.each(['ecr:PutImage', 'ecr:InitiateLayerUpload', 'ecr:CompleteLayerUpload'])(
  'a push needs %s',
  async (action) => {
    denied.add(action);
    await expect(push(build('pushed'), `${REPOSITORY}:denied`)).rejects.toThrow(action);
  },
);

test('a push needs a tag', async () => {
  await expect(push(build('untagged'), REPOSITORY)).rejects.toThrow(/has no repository or no tag/);
});

test.each([
  [`${REPOSITORY}:v1`, { repositoryName: 'team/app', imageTag: 'v1' }],
  [
    `${REPOSITORY}@sha256:${'a'.repeat(64)}`,
    { repositoryName: 'team/app', imageDigest: `sha256:${'a'.repeat(64)}` },
  ],
  ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a', { registryId: '123456789012', repositoryName: 'a' }],
  [`${REPOSITORY}@sha256:short`, undefined],
  ['python:3', undefined],
])('%s', (uri, expected) => {
  if (expected) expect(parseImageUri(uri)).toMatchObject(expected);
  else expect(parseImageUri(uri)).toBeUndefined();
});
