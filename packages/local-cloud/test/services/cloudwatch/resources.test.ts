import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { SageMaker } from '@aws-sdk/client-sagemaker';
import { cloudwatch } from '../../../src/services/cloudwatch';
import { RESOURCE_TYPES } from '../../../src/services';
import type { Properties, ResourceContext } from '../../../src/core/resource-type';
import { jobCloud, type JobCloud } from '../../jobs/job-cloud';

let fixture: JobCloud;
let context: ResourceContext;
beforeAll(async () => {
  fixture = await jobCloud({ services: [cloudwatch] });
  const { cloud } = fixture.here;
  const caller = { principal: cloud.principals.operator };
  context = { cloud, caller, stackName: 'Stack', logicalId: 'Thing', made: () => undefined };
});
afterAll(() => fixture.close());

test('AWS::CloudWatch::Alarm', async () => {
  const type = RESOURCE_TYPES['AWS::CloudWatch::Alarm']!;
  const client = new CloudWatch(fixture.here.client);
  const properties = (more: Properties): Properties => ({
    ...{ MetricName: 'Errors', Namespace: 'App', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1 },
    ...{
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      ...more,
    },
  });
  const before = properties({ Tags: [{ Key: 'team', Value: 'ml' }] });
  const created = await type.create(before, context);
  const { physicalId, attributes } = created;
  expect(physicalId).toMatch(/^Stack-Thing-/);
  const Arn = `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${physicalId}`;
  expect(attributes).toEqual({ Arn });
  const described = async () => (await client.describeAlarms({ AlarmNames: [physicalId] })).MetricAlarms;
  expect(await described()).toMatchObject([{ Threshold: 1, StateValue: 'OK' }]);

  const after = properties({ Threshold: 5, Tags: [{ Key: 'stage', Value: 'dev' }] });
  const existing = { ...created, properties: before };
  await expect(type.update!(after, context, existing)).resolves.toEqual(created);
  expect(await described()).toMatchObject([{ Threshold: 5 }]);
  expect((await client.listTagsForResource({ ResourceARN: Arn })).Tags).toEqual(after.Tags);

  await type.delete(existing, context);
  expect(await described()).toEqual([]);
});

test('AWS::SageMaker::ModelPackageGroup', async () => {
  const type = RESOURCE_TYPES['AWS::SageMaker::ModelPackageGroup']!;
  const client = new SageMaker(fixture.here.client);
  const properties = { ModelPackageGroupName: 'Group', ModelPackageGroupDescription: 'models' };
  const created = await type.create(properties, context);
  const ModelPackageGroupArn = 'arn:aws:sagemaker:us-east-1:123456789012:model-package-group/group';
  expect(created).toEqual({
    physicalId: ModelPackageGroupArn,
    attributes: {
      ...{ ModelPackageGroupArn, ModelPackageGroupStatus: 'Completed' },
      CreationTime: expect.stringMatching(/^\d{4}-.*Z$/),
    },
  });
  const names = async () =>
    (await client.listModelPackageGroups({})).ModelPackageGroupSummaryList!.map(
      (each) => each.ModelPackageGroupName,
    );
  expect(await names()).toEqual(['Group']);
  await type.delete({ ...created, properties }, context);
  expect(await names()).toEqual([]);
});
