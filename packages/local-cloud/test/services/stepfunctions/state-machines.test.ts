import type { CreateStateMachineCommandInput } from '@aws-sdk/client-sfn';
import { ROLE, stateMachineCloud, type StateMachineCloud } from './state-machine-cloud';

let here: StateMachineCloud;
beforeAll(async () => (here = await stateMachineCloud()));
afterAll(() => here.close());

const PASS = { Done: { Type: 'Pass', End: true } };
const WAIT = { Hold: { Type: 'Wait', Seconds: 600, End: true } };
const definition = (states: object) => JSON.stringify({ StartAt: Object.keys(states)[0], States: states });

test('one is created, described, updated, listed and deleted', async () => {
  const name = 'Life-cycle_1';
  const logging = { level: 'OFF' as const, includeExecutionData: true };
  const request = { name, definition: definition(PASS), roleArn: ROLE, loggingConfiguration: logging };
  const { stateMachineArn, creationDate } = await here.client.createStateMachine(request);
  expect(stateMachineArn).toBe('arn:aws:states:us-east-1:123456789012:stateMachine:Life-cycle_1');
  expect((await here.client.createStateMachine(request)).creationDate).toEqual(creationDate);
  const first = await here.client.describeStateMachine({ stateMachineArn });
  expect(first).toMatchObject({ ...request, status: 'ACTIVE', type: 'STANDARD' });
  expect(first.revisionId).toBeUndefined();
  await here.client.updateStateMachine({ stateMachineArn, definition: definition(WAIT) });
  const second = await here.client.describeStateMachine({ stateMachineArn });
  expect(second).toMatchObject({
    definition: definition(WAIT),
    roleArn: ROLE,
    loggingConfiguration: logging,
  });
  expect(second.revisionId).toEqual(expect.any(String));
  const { stateMachines } = await here.client.listStateMachines({});
  expect(stateMachines).toContainEqual(expect.objectContaining({ name, stateMachineArn, type: 'STANDARD' }));
  await here.client.deleteStateMachine({ stateMachineArn });
  await expect(here.client.describeStateMachine({ stateMachineArn })).rejects.toMatchObject({
    name: 'StateMachineDoesNotExist',
  });
});

test('missing configurations have AWS’s defaults', async () => {
  const stateMachineArn = await here.machine(PASS);
  const { $metadata: _, ...description } = await here.client.describeStateMachine({ stateMachineArn });
  expect(description).toEqual({
    ...{ stateMachineArn, name: stateMachineArn.split(':').at(-1), status: 'ACTIVE', type: 'STANDARD' },
    ...{ definition: expect.any(String), roleArn: ROLE, creationDate: expect.any(Date) },
    loggingConfiguration: { level: 'OFF', includeExecutionData: false },
    tracingConfiguration: { enabled: false },
    encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
  });
});

test('tags', async () => {
  const resourceArn = await here.machine(PASS);
  await here.client.tagResource({
    resourceArn,
    tags: [
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
    ],
  });
  await here.client.untagResource({ resourceArn, tagKeys: ['a'] });
  expect((await here.client.listTagsForResource({ resourceArn })).tags).toEqual([{ key: 'b', value: '2' }]);
});

const task = (resource: string) => definition({ Do: { Type: 'Task', Resource: resource, End: true } });

test.each<[string, Partial<CreateStateMachineCommandInput>, string, RegExp]>([
  ['a name with a space', { name: 'a b' }, 'InvalidName', /'a b'/],
  ['a name of 81 letters', { name: 'x'.repeat(81) }, 'ValidationException', /x{81}' at 'name'/],
  ['an express workflow', { type: 'EXPRESS' }, 'NotImplemented', /express/],
  ['a published version', { publish: true }, 'NotImplemented', /versions/],
  ['a definition that is not JSON', { definition: '{' }, 'InvalidDefinition', /INVALID_JSON_DESCRIPTION/],
  [
    'a missing state',
    { definition: definition({ A: { Type: 'Pass', Next: 'B' } }) },
    'InvalidDefinition',
    /"?B"?/,
  ],
  [
    'an unknown service',
    { definition: task('arn:aws:states:::aws-sdk:nosuch:do') },
    'InvalidDefinition',
    /aws-sdk:nosuch:do is not recognized.*\/States\/Do\/Resource/,
  ],
  [
    'an unknown action',
    { definition: task('arn:aws:states:::aws-sdk:ssm:getNothing') },
    'InvalidDefinition',
    /getNothing is not recognized/,
  ],
  [
    'an action in PascalCase',
    { definition: task('arn:aws:states:::aws-sdk:ssm:GetParameter') },
    'InvalidDefinition',
    /GetParameter is not recognized/,
  ],
  [
    'SQS',
    { definition: task('arn:aws:states:::sqs:sendMessage') },
    'InvalidDefinition',
    /sqs:sendMessage is not recognized/,
  ],
  [
    '.sync of a call that is not a job',
    { definition: task('arn:aws:states:::sagemaker:createEndpoint.sync') },
    'InvalidDefinition',
    /createEndpoint\.sync is not recognized/,
  ],
  [
    'a token in an integration without tokens',
    { definition: task('arn:aws:states:::sagemaker:createModel.waitForTaskToken') },
    'InvalidDefinition',
    /not recognized/,
  ],
  [
    'credentials of a task',
    {
      definition: definition({
        Do: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Credentials: { RoleArn: ROLE },
          End: true,
        },
      }),
    },
    'NotImplemented',
    /Credentials at \/States\/Do/,
  ],
])('refused: %s', async (_, change, name, message) => {
  const request = { name: 'refused', definition: definition(PASS), roleArn: ROLE, ...change };
  await expect(here.client.createStateMachine(request)).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
});

test('a name can be used for one definition only', async () => {
  await here.client.createStateMachine({ name: 'taken', definition: definition(PASS), roleArn: ROLE });
  const other = here.client.createStateMachine({
    name: 'taken',
    definition: definition(WAIT),
    roleArn: ROLE,
  });
  await expect(other).rejects.toMatchObject({ name: 'StateMachineAlreadyExists' });
});
