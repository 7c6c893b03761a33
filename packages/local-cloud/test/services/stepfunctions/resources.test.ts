import { SFN } from '@aws-sdk/client-sfn';
import { RESOURCE_TYPES } from '../../../src/services';
import type { Properties, ResourceContext } from '../../../src/core/resource-type';
import { stepfunctions } from '../../../src/services/stepfunctions';
import { testCloud, type TestCloud } from '../../support/test-cloud';

const type = RESOURCE_TYPES['AWS::StepFunctions::StateMachine']!;
let here: TestCloud;
let client: SFN;
let context: ResourceContext;
beforeAll(async () => {
  here = await testCloud([stepfunctions]);
  client = new SFN(here.client);
  const caller = { principal: here.cloud.principals.operator };
  context = { cloud: here.cloud, caller, stackName: 'Stack', logicalId: 'M', made: () => undefined };
});
afterAll(() => here.close());

const minimal: Properties = {
  DefinitionString: JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Succeed' } } }),
  RoleArn: 'arn:aws:iam::123456789012:role/machine',
};

test('tags follow the template, and removed settings return to their defaults', async () => {
  const properties: Properties = {
    ...minimal,
    TracingConfiguration: { Enabled: true },
    LoggingConfiguration: { IncludeExecutionData: true },
    Tags: [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '1' },
    ],
  };
  const created = await type.create(properties, context);
  const stateMachineArn = created.physicalId;
  const tags = async () => (await client.listTagsForResource({ resourceArn: stateMachineArn })).tags;
  expect(await tags()).toEqual([
    { key: 'a', value: '1' },
    { key: 'b', value: '1' },
  ]);
  const changed = { ...minimal, Tags: [{ Key: 'b', Value: '2' }] };
  await type.update!(changed, context, { ...created, properties });
  expect(await tags()).toEqual([{ key: 'b', value: '2' }]);
  expect(await client.describeStateMachine({ stateMachineArn })).toMatchObject({
    tracingConfiguration: { enabled: false },
    loggingConfiguration: { level: 'OFF', includeExecutionData: false },
  });
});

test('a request without the ARN that it needs is refused', async () => {
  await expect(client.listExecutions({})).rejects.toMatchObject({ name: 'ValidationException' });
});

test('an update of nothing is refused', async () => {
  const { physicalId: stateMachineArn } = await type.create(minimal, context);
  await expect(client.updateStateMachine({ stateMachineArn })).rejects.toMatchObject({
    name: 'MissingRequiredParameter',
  });
});

test('a log level needs a destination', async () => {
  await expect(
    type.create({ ...minimal, LoggingConfiguration: { Level: 'ALL' } }, context),
  ).rejects.toMatchObject({
    code: 'InvalidLoggingConfiguration',
    message: 'Invalid Logging Configuration: Must specify exactly one Log Destination.',
  });
});
