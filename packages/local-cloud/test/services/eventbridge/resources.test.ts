import { EventBridge } from '@aws-sdk/client-eventbridge';
import { RESOURCE_TYPES } from '../../../src/services';
import type { ResourceContext } from '../../../src/core/resource-type';
import { eventbridge } from '../../../src/services/eventbridge';
import { testCloud, type TestCloud } from '../../support/test-cloud';

const type = RESOURCE_TYPES['AWS::Events::Rule']!;
let here: TestCloud;
let client: EventBridge;
let context: ResourceContext;
beforeAll(async () => {
  here = await testCloud([eventbridge]);
  client = new EventBridge(here.client);
  const caller = { principal: here.cloud.principals.operator };
  context = { cloud: here.cloud, caller, stackName: 'Stack', logicalId: 'R', made: () => undefined };
});
afterAll(() => here.close());

test("a rule's role and description are set and removed", async () => {
  const minimal = { EventPattern: { source: ['app'] } };
  const RoleArn = `arn:aws:iam::${here.cloud.account}:role/events`;
  const properties = { ...minimal, RoleArn, Description: 'watches' };
  const created = await type.create(properties, context);
  const rule = () => client.describeRule({ Name: created.physicalId });
  expect(await rule()).toMatchObject({ RoleArn, Description: 'watches' });
  await type.update!(minimal, context, { ...created, properties });
  const { RoleArn: role, Description: description } = await rule();
  expect([role, description]).toEqual([undefined, undefined]);
});

test('a state machine as a target needs a role', async () => {
  const Arn = here.cloud.arn('states', 'stateMachine:m');
  await expect(
    type.create({ EventPattern: { source: ['app'] }, Targets: [{ Id: 't', Arn }] }, context),
  ).rejects.toMatchObject({
    code: 'ValidationException',
    message: `RoleArn is required for target ${Arn}.`,
  });
});
