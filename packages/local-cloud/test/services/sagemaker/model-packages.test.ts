import { SageMaker, type CreateModelPackageCommandInput } from '@aws-sdk/client-sagemaker';
import { policyAuthorizer } from '../../../src/access/authorizer';
import { putRole } from '../../access/roles';
import { ROLE, jobCloud, type JobCloud } from '../../jobs/job-cloud';
import { ManualClock } from '../../../src/testing/manual-clock';

const START = Date.parse('2030-01-01T00:00:00Z');
const ARN = 'arn:aws:sagemaker:us-east-1:123456789012';
const IMAGE = '123456789012.dkr.ecr.us-east-1.amazonaws.com/app@sha256:00';

let clock: ManualClock;
let fixture: JobCloud;
let client: SageMaker;

beforeEach(async () => {
  clock = new ManualClock(START);
  fixture = await jobCloud({ cloud: { clock, authorizer: policyAuthorizer } });
  client = new SageMaker(fixture.here.client);
  await client.createModelPackageGroup({
    ModelPackageGroupName: 'Cancer',
    ModelPackageGroupDescription: 'd',
  });
});
afterEach(() => fixture.close());

const specification = {
  Containers: [{ Image: IMAGE, ModelDataUrl: 's3://bucket/model.tar.gz', Environment: { MOOD: 'calm' } }],
  SupportedContentTypes: ['text/csv'],
  SupportedResponseMIMETypes: ['application/json'],
  SupportedRealtimeInferenceInstanceTypes: ['ml.m5.large' as const],
};
const create = async (change: Partial<CreateModelPackageCommandInput> = {}) => {
  const request = { ModelPackageGroupName: 'Cancer', InferenceSpecification: specification, ...change };
  await clock.pass(1);
  return (await client.createModelPackage(request)).ModelPackageArn!;
};

test('a package is the next version of its group, with all members of the request', async () => {
  const facts = {
    ModelPackageDescription: 'of run 7',
    ModelMetrics: {
      ModelQuality: { Statistics: { ContentType: 'json', S3Uri: 's3://bucket/evaluation.json' } },
    },
    MetadataProperties: { CommitId: 'abc', GeneratedBy: 'run-7' },
    CustomerMetadataProperties: { manifest: 's3://bucket/manifest.json', accuracy: '0.97' },
  };
  const first = await create(facts);
  expect(first).toBe(`${ARN}:model-package/cancer/1`);
  expect(await create({ ModelPackageGroupName: `${ARN}:model-package-group/cancer` })).toMatch(/\/2$/);
  expect(await client.describeModelPackage({ ModelPackageName: first })).toMatchObject({
    ...facts,
    ...{ ModelPackageGroupName: 'Cancer', ModelPackageVersion: 1, ModelPackageArn: first },
    ...{ ModelPackageStatus: 'Completed', ModelApprovalStatus: 'PendingManualApproval' },
    InferenceSpecification: specification,
    CreationTime: new Date(START + 1000),
  });
});

test('an approval is stored with its reason, and emits an event', async () => {
  const ModelPackageArn = await create({ CustomerMetadataProperties: { run: '7', draft: 'yes' } });
  await client.updateModelPackage({
    ...{ ModelPackageArn, ModelApprovalStatus: 'Approved', ApprovalDescription: 'better than before' },
    ...{ CustomerMetadataProperties: { by: 'ann' }, CustomerMetadataPropertiesToRemove: ['draft'] },
  });
  const properties = { run: '7', by: 'ann' };
  expect(await client.describeModelPackage({ ModelPackageName: ModelPackageArn })).toMatchObject({
    ...{ ModelApprovalStatus: 'Approved', ApprovalDescription: 'better than before' },
    CustomerMetadataProperties: properties,
  });
  expect(fixture.events.map(({ detail }) => detail.ModelApprovalStatus)).toEqual([
    'PendingManualApproval',
    'Approved',
  ]);
  expect(fixture.events[1]).toMatchObject({
    source: 'aws.sagemaker',
    'detail-type': 'SageMaker Model Package State Change',
    resources: [ModelPackageArn],
    detail: {
      ...{ ModelPackageGroupName: 'Cancer', ModelPackageVersion: 1, ModelPackageArn },
      ...{ ModelPackageStatus: 'Completed', CreationTime: '2030-01-01T00:00:01Z' },
      CustomerMetadataProperties: properties,
    },
  });
});

test('versions are listed by group and approval, in pages', async () => {
  await create({ ModelApprovalStatus: 'Approved' });
  await create({ ModelApprovalStatus: 'Rejected' });
  await create({ ModelApprovalStatus: 'Approved' });
  const versions = async (input: object) => {
    const answer = await client.listModelPackages({ ModelPackageGroupName: 'Cancer', ...input });
    return [
      answer.ModelPackageSummaryList!.map((each) => each.ModelPackageVersion),
      answer.NextToken,
    ] as const;
  };
  expect(await versions({})).toEqual([[1, 2, 3], undefined]);
  expect(await versions({ ModelApprovalStatus: 'Approved', SortOrder: 'Descending' })).toEqual([
    [3, 1],
    undefined,
  ]);
  expect(await versions({ CreationTimeAfter: new Date(START + 2000) })).toEqual([[3], undefined]);
  const [page, NextToken] = await versions({ MaxResults: 2 });
  expect(page).toEqual([1, 2]);
  expect(await versions({ MaxResults: 2, NextToken })).toEqual([[3], undefined]);
  expect((await client.listModelPackages({})).ModelPackageSummaryList).toEqual([]);
});

test('the number of a deleted version is not reused', async () => {
  await create();
  const second = await create();
  await client.deleteModelPackage({ ModelPackageName: second });
  expect(await create()).toMatch(/\/3$/);
  await expect(client.describeModelPackage({ ModelPackageName: second })).rejects.toMatchObject({
    name: 'ValidationException',
    message: `ModelPackage ${second} does not exist.`,
  });
});

test('a group can be deleted when it is empty', async () => {
  const ModelPackageGroupName = 'Cancer';
  const ModelPackageName = await create();
  await expect(client.deleteModelPackageGroup({ ModelPackageGroupName })).rejects.toMatchObject({
    name: 'ConflictException',
    message: expect.stringContaining('still has 1 model package.'),
  });
  await client.deleteModelPackage({ ModelPackageName });
  await client.deleteModelPackageGroup({ ModelPackageGroupName });
  expect((await client.listModelPackageGroups({})).ModelPackageGroupSummaryList).toEqual([]);
  await expect(client.describeModelPackageGroup({ ModelPackageGroupName })).rejects.toThrow(/does not exist/);
});

test('groups are described, listed by name, and unique', async () => {
  await clock.pass(1);
  const Tags = [{ Key: 'team', Value: 'ml' }];
  await client.createModelPackageGroup({ ModelPackageGroupName: 'Asthma', Tags });
  const ResourceArn = `${ARN}:model-package-group/asthma`;
  expect((await client.listTags({ ResourceArn })).Tags).toEqual(Tags);
  expect(await client.describeModelPackageGroup({ ModelPackageGroupName: 'Cancer' })).toMatchObject({
    ...{ ModelPackageGroupArn: `${ARN}:model-package-group/cancer`, ModelPackageGroupDescription: 'd' },
    ...{ ModelPackageGroupStatus: 'Completed', CreationTime: new Date(START) },
  });
  const names = async (input: object) =>
    (await client.listModelPackageGroups(input)).ModelPackageGroupSummaryList!.map(
      (each) => each.ModelPackageGroupName,
    );
  expect(await names({})).toEqual(['Cancer', 'Asthma']);
  expect(await names({ SortBy: 'Name' })).toEqual(['Asthma', 'Cancer']);
  expect(await names({ NameContains: 'anc' })).toEqual(['Cancer']);
  await expect(client.createModelPackageGroup({ ModelPackageGroupName: 'cancer' })).rejects.toThrow(
    `Model Package Group already exists: ${ARN}:model-package-group/cancer`,
  );
});

test('the registry is kept after a restart', async () => {
  const ModelPackageName = await create();
  await fixture.restart();
  client = new SageMaker(fixture.here.client);
  expect(await client.describeModelPackage({ ModelPackageName })).toMatchObject({
    CreationTime: new Date(START + 1000),
  });
  expect(await create()).toMatch(/\/2$/);
});

describe('a model', () => {
  const model = (ModelName: string, container: object) =>
    client.createModel({ ModelName, ExecutionRoleArn: ROLE, PrimaryContainer: container });
  beforeEach(() => putRole(fixture.here.cloud, ROLE, { services: ['sagemaker.amazonaws.com'] }));

  test('of an approved package has its image and data, and the variables of both', async () => {
    const ModelPackageName = await create({ ModelApprovalStatus: 'Approved' });
    await model('m', { ModelPackageName, Environment: { SIZE: 'large' } });
    expect((await client.describeModel({ ModelName: 'm' })).PrimaryContainer).toEqual({
      ModelPackageName,
      Image: IMAGE,
      ModelDataUrl: 's3://bucket/model.tar.gz',
      Environment: { MOOD: 'calm', SIZE: 'large' },
    });
  });

  test.each<[string, () => Promise<object>, RegExp]>([
    ['that is not approved', async () => ({ ModelPackageName: await create() }), /PendingManualApproval/],
    ['that does not exist', async () => ({ ModelPackageName: `${ARN}:model-package/cancer/9` }), /not exist/],
    [
      'and of an image',
      async () => ({ ModelPackageName: await create({ ModelApprovalStatus: 'Approved' }), Image: IMAGE }),
      /ModelPackageName.*Image/,
    ],
  ])('of a package %s is refused', async (_, container, message) => {
    await expect(model('m', await container())).rejects.toThrow(message);
  });
});

test('policies can restrict approvals', async () => {
  const role = 'arn:aws:iam::123456789012:role/Approver';
  const allow = (status: string) => ({
    ...{ Effect: 'Allow', Action: 'sagemaker:UpdateModelPackage', Resource: `${ARN}:model-package/cancer/*` },
    Condition: { StringEquals: { 'sagemaker:ModelApprovalStatus': status } },
  });
  const ModelPackageArn = await create();
  const { cloud } = fixture.here;
  putRole(cloud, role, { statements: [allow('Rejected')] });
  const caller = { principal: cloud.principals.role(role, 'test') };
  const decide = (ModelApprovalStatus: 'Approved' | 'Rejected') =>
    cloud.call('sagemaker', 'UpdateModelPackage', { ModelPackageArn, ModelApprovalStatus }, caller);
  await expect(decide('Approved')).rejects.toThrow(
    `sagemaker:UpdateModelPackage on resource: ${ModelPackageArn}`,
  );
  await expect(decide('Rejected')).resolves.toEqual({ ModelPackageArn });
});

test('a request with a token that was used has the package of the first', async () => {
  const first = await create({ ClientToken: 'once' });
  expect(await create({ ClientToken: 'once' })).toBe(first);
  expect(await create({ ClientToken: 'again' })).not.toBe(first);
});
