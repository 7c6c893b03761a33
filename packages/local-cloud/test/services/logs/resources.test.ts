import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { logs } from '../../../src/services/logs';
import { RESOURCE_TYPES } from '../../../src/services';
import type { Properties, ResourceContext } from '../../../src/core/resource-type';
import { assertChangeable } from '../../../src/templates/replacement';
import { testCloud, type TestCloud } from '../../support/test-cloud';

const type = RESOURCE_TYPES['AWS::Logs::LogGroup']!;
let here: TestCloud;
let client: CloudWatchLogs;
let context: ResourceContext;
beforeAll(async () => {
  here = await testCloud([logs]);
  client = new CloudWatchLogs(here.client);
  const caller = { principal: here.cloud.principals.operator };
  context = { cloud: here.cloud, caller, stackName: 'Stack', logicalId: 'Log', made: () => undefined };
});
afterAll(() => here.close());

async function retention(logGroupNamePrefix: string): Promise<number | undefined> {
  return (await client.describeLogGroups({ logGroupNamePrefix })).logGroups![0]!.retentionInDays;
}

test('a log group has the retention of the template, also after an update', async () => {
  let properties: Properties = { RetentionInDays: 7 };
  const created = await type.create(properties, context);
  expect(await retention(created.physicalId)).toBe(7);
  for (const RetentionInDays of [30, undefined, '90']) {
    await type.update!({ RetentionInDays }, context, { ...created, properties });
    properties = { RetentionInDays };
    expect(await retention(created.physicalId)).toBe(RetentionInDays && Number(RetentionInDays));
  }
});

test.each([{ KmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/1' }, { LogGroupClass: 'INFREQUENT_ACCESS' }])(
  'the change %j is not supported',
  (changed) => {
    const [name] = Object.keys(changed);
    expect(() => assertChangeable('AWS::Logs::LogGroup', type, [name!])).toThrow(`a change of ${name}`);
  },
);
