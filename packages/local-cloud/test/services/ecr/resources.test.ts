import { ECR } from '@aws-sdk/client-ecr';
import { RESOURCE_TYPES } from '../../../src/services';
import type { Properties, ResourceContext } from '../../../src/core/resource-type';
import { ecr } from '../../../src/services/ecr';
import { testCloud, type TestCloud } from '../../support/test-cloud';

const type = RESOURCE_TYPES['AWS::ECR::Repository']!;
let here: TestCloud;
let client: ECR;
let context: ResourceContext;
beforeAll(async () => {
  here = await testCloud([ecr]);
  client = new ECR(here.client);
  const caller = { principal: here.cloud.principals.operator };
  context = { cloud: here.cloud, caller, stackName: 'stack', logicalId: 'Repo', made: () => undefined };
});
afterAll(() => here.close());

const policy = (Sid: string) => ({
  Version: '2012-10-17',
  Statement: [{ Sid, Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage' }],
});
const lifecyclePolicyText = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 5 },
      action: { type: 'expire' },
    },
  ],
});
const full: Properties = {
  ImageTagMutability: 'IMMUTABLE',
  ImageScanningConfiguration: { ScanOnPush: true },
  LifecyclePolicy: { LifecyclePolicyText: lifecyclePolicyText },
  RepositoryPolicyText: policy('One'),
};

test('tag mutability, scanning and policies change in place, and return to the defaults', async () => {
  const created = await type.create({}, context);
  const repositoryName = created.physicalId;
  const described = async () =>
    (await client.describeRepositories({ repositoryNames: [repositoryName] })).repositories![0];
  const plain = await described();
  await type.update!(full, context, { ...created, properties: {} });
  expect(await described()).toMatchObject({
    imageTagMutability: 'IMMUTABLE',
    imageScanningConfiguration: { scanOnPush: true },
  });
  expect((await client.getRepositoryPolicy({ repositoryName })).policyText).toContain('"One"');
  expect(await client.getLifecyclePolicy({ repositoryName })).toMatchObject({ lifecyclePolicyText });
  await type.update!({}, context, { ...created, properties: full });
  expect(await described()).toEqual(plain);
  await expect(client.getRepositoryPolicy({ repositoryName })).rejects.toMatchObject({
    name: 'RepositoryPolicyNotFoundException',
  });
  await expect(client.deleteRepositoryPolicy({ repositoryName })).rejects.toMatchObject({
    name: 'RepositoryPolicyNotFoundException',
  });
  await expect(client.getLifecyclePolicy({ repositoryName })).rejects.toMatchObject({
    name: 'LifecyclePolicyNotFoundException',
  });
});

test('tags that are immutable from now on cannot move', async () => {
  const created = await type.create({}, context);
  const repositoryName = created.physicalId;
  const put = (text: string) =>
    client.putImage({ repositoryName, imageManifest: JSON.stringify({ text }), imageTag: 'v1' });
  await put('one');
  await put('two');
  await type.update!({ ImageTagMutability: 'IMMUTABLE' }, context, { ...created, properties: {} });
  await expect(put('three')).rejects.toMatchObject({ name: 'ImageTagAlreadyExistsException' });
});
