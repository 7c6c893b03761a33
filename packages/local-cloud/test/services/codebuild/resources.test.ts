import { CodeBuild } from '@aws-sdk/client-codebuild';
import { RESOURCE_TYPES } from '../../../src/services';
import type { Properties, ResourceContext } from '../../../src/core/resource-type';
import { codebuild } from '../../../src/services/codebuild';
import { testCloud, type TestCloud } from '../../support/test-cloud';

const type = RESOURCE_TYPES['AWS::CodeBuild::Project']!;
let here: TestCloud;
let client: CodeBuild;
let context: ResourceContext;
beforeAll(async () => {
  here = await testCloud([codebuild]);
  client = new CodeBuild(here.client);
  const caller = { principal: here.cloud.principals.operator };
  context = { cloud: here.cloud, caller, stackName: 'Stack', logicalId: 'P', made: () => undefined };
});
afterAll(() => here.close());

const minimal: Properties = {
  Artifacts: { Type: 'NO_ARTIFACTS' },
  Environment: { Type: 'LINUX_CONTAINER', ComputeType: 'BUILD_GENERAL1_SMALL', Image: 'slim' },
  ServiceRole: 'arn:aws:iam::123456789012:role/build',
  Source: { Type: 'NO_SOURCE', BuildSpec: 'version: 0.2' },
};

test('removed properties return to their defaults', async () => {
  const properties = {
    ...minimal,
    ...{ Description: 'builds', TimeoutInMinutes: 10 },
    LogsConfig: { CloudWatchLogs: { Status: 'ENABLED', GroupName: 'own' } },
    Tags: [{ Key: 'a', Value: '1' }],
  };
  const created = await type.create(properties, context);
  const project = async () => (await client.batchGetProjects({ names: [created.physicalId] })).projects![0]!;
  expect(await project()).toMatchObject({
    ...{ description: 'builds', timeoutInMinutes: 10, tags: [{ key: 'a', value: '1' }] },
  });
  await type.update!(minimal, context, { ...created, properties });
  const after = await project();
  expect(after).toMatchObject({ description: '', timeoutInMinutes: 60, tags: [] });
  expect(after.logsConfig!.cloudWatchLogs).toEqual({ status: 'ENABLED' });
});
