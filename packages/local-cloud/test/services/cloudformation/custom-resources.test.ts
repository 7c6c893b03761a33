import { SkippingClock } from '../../../src/core/skipping-clock';
import { until } from '../../support/until';
import { IMPOSSIBLE, type Resources } from './account';
import { Provider, type Answer } from './provider';

/** Custom resources: requests, answers and their effect on the stack. */

let provider: Provider;
let clock: SkippingClock;
beforeEach(async () => {
  clock = new SkippingClock(0);
  provider = await Provider.open({ clock });
});
afterEach(() => provider.close());

const deploy = (Resources: Resources, Outputs = {}, more: object = {}) =>
  provider.account.deploy('Stack', { Resources, Outputs }, more);
const failed = (Reason: string): Answer => ({ Status: 'FAILED', Reason });

/** Returns the reasons of the events of a resource's failures. */
async function reasons(status: string, logicalId = 'Thing'): Promise<string[]> {
  const start = `${logicalId} ${status} (`;
  const events = await provider.account.events('Stack', true);
  return events.filter((event) => event.startsWith(start)).map((event) => event.slice(start.length, -1));
}

const OUTPUTS = { Id: { Value: { Ref: 'Thing' } }, Given: { Value: { 'Fn::GetAtt': ['Thing', 'Given'] } } };

test.each<Answer>([{}, 'fetch'])(
  'a request asks for a resource, and its answer (%j) is read',
  async (answer) => {
    const list = [1, true, { Deep: 2.5 }, 'text'];
    const Thing = provider.resource({ Create: answer }, { Given: 7, List: list, Off: false });
    const stack = await deploy({ Thing }, OUTPUTS);
    expect(stack.StackStatus).toBe('CREATE_COMPLETE');
    expect(stack.Outputs).toMatchObject([
      { OutputKey: 'Id', OutputValue: 'thing' },
      { OutputKey: 'Given', OutputValue: '7' },
    ]);
    const [request, ...others] = provider.received();
    expect(others).toEqual([]);
    expect(request).toEqual({
      ...{ RequestType: 'Create', ResourceType: 'Custom::Thing', LogicalResourceId: 'Thing' },
      ...{ StackId: stack.StackId, ServiceToken: provider.arn },
      RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      ResponseURL: expect.stringMatching(
        /^https:\/\/cloudformation-custom-resource-response-useast1\.s3\.us-east-1\.amazonaws\.com\/arn%3A.*X-Amz-Signature=/,
      ) as string,
      ResourceProperties: {
        ...{ ServiceToken: provider.arn, Answers: { Create: answer }, Given: '7' },
        ...{ List: ['1', 'true', { Deep: '2.5' }, 'text'], Off: 'false' },
      },
    });
  },
);

test('an update has the properties before it; the deletion has the last ones', async () => {
  const Type = 'AWS::CloudFormation::CustomResource';
  await deploy({ Thing: provider.resource({}, { Given: 'one' }, { Type }) }, OUTPUTS);
  const stack = await deploy({ Thing: provider.resource({}, { Given: 'two' }, { Type }) }, OUTPUTS);
  expect(stack).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' });
  expect(stack.Outputs).toMatchObject([{ OutputValue: 'thing' }, { OutputValue: 'two' }]);
  await provider.account.delete(stack);
  expect(provider.summary()).toEqual(['Create -', 'Update thing', 'Delete thing']);
  const [, update, deletion] = provider.received();
  expect(update).toMatchObject({
    OldResourceProperties: { Given: 'one' },
    ResourceProperties: { Given: 'two' },
    ResourceType: Type,
  });
  expect(deletion).toMatchObject({ ResourceProperties: { Given: 'two' } });
  expect(deletion!.OldResourceProperties).toBeUndefined();
});

test('another id after an update replaces the resource: the clean-up deletes the old one', async () => {
  await deploy({ Thing: provider.resource({}, { Given: 'one' }) });
  const Thing = provider.resource({ Update: { PhysicalResourceId: 'other' } }, { Given: 'two' });
  expect(await deploy({ Thing }, OUTPUTS)).toMatchObject({
    ...{ StackStatus: 'UPDATE_COMPLETE', Outputs: [{ OutputValue: 'other' }, { OutputValue: 'two' }] },
  });
  expect(provider.summary()).toEqual(['Create -', 'Update thing', 'Delete thing']);
  expect(provider.received()[2]).toMatchObject({ ResourceProperties: { Given: 'one' } });
  const events = await provider.account.events('Stack', true);
  expect(events.slice(-8)).toEqual([
    'Stack UPDATE_IN_PROGRESS (User Initiated)',
    'Thing UPDATE_IN_PROGRESS',
    'Thing UPDATE_IN_PROGRESS (Requested update required the provider to create a new physical resource)',
    'Thing UPDATE_COMPLETE',
    'Stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'Thing DELETE_IN_PROGRESS',
    'Thing DELETE_COMPLETE',
    'Stack UPDATE_COMPLETE',
  ]);
});

test('a change set does not know what the provider will answer', async () => {
  const User = { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: OUTPUTS.Given.Value } };
  await deploy({ Thing: provider.resource({}, { Given: 'one' }), User });
  const Resources = { Thing: provider.resource({}, { Given: 'two' }), User };
  const { Changes } = await provider.account.review('Stack', { Resources });
  expect(Changes!.map(({ ResourceChange }) => ResourceChange)).toMatchObject([
    { LogicalResourceId: 'Thing', Replacement: 'False' },
    { LogicalResourceId: 'User', Details: [{ Evaluation: 'Dynamic' }] },
  ]);
});

test('a failed creation has the reason of its answer, and its deletion is asked for too', async () => {
  const answer = { Status: 'FAILED', Reason: 'no room', PhysicalResourceId: 'half' };
  expect(await deploy({ Thing: provider.resource({ Create: answer }) })).toMatchObject({
    StackStatus: 'ROLLBACK_COMPLETE',
  });
  const { RequestId } = provider.received()[0]!;
  expect(await reasons('CREATE_FAILED')).toEqual([
    `Received response status [FAILED] from custom resource. Message returned: no room (RequestId: ${RequestId})`,
  ]);
  expect(provider.summary()).toEqual(['Create -', 'Delete half']);
});

test('without rollback, a failed creation stays, and the next deployment deletes it before it tries again', async () => {
  const more = { DisableRollback: true };
  expect(await deploy({ Thing: provider.resource({ Create: failed('no room') }) }, {}, more)).toMatchObject({
    StackStatus: 'CREATE_FAILED',
  });
  expect(provider.summary()).toEqual(['Create -']);
  expect(await deploy({ Thing: provider.resource() })).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
  expect(provider.summary()).toEqual(['Create -', 'Delete thing', 'Create -']);
});

test.each<[string, Record<string, unknown>, number]>([
  ['an hour', {}, 3600],
  ['its ServiceTimeout', { ServiceTimeout: '90' }, 90],
])('a function that never answers fails after %s', async (_, properties, seconds) => {
  const done = deploy({ Thing: provider.resource({ Create: 'nothing' }, properties) });
  await until(() => provider.received().length === 1, 'the function has the request');
  clock.skip(seconds - 60);
  expect(await reasons('CREATE_FAILED')).toEqual([]);
  clock.skip(60);
  expect(await done).toMatchObject({ StackStatus: 'ROLLBACK_COMPLETE' });
  const { RequestId } = provider.received()[0]!;
  expect(await reasons('CREATE_FAILED')).toEqual([
    expect.stringContaining(
      `did not receive a response from your Custom Resource. Please check your logs for requestId [${RequestId}]`,
    ),
  ]);
  expect(provider.summary()).toEqual(['Create -', expect.stringMatching(/^Delete Stack-Thing-\w{12}$/)]);
});

test.each<[string, Answer, string]>([
  ['has more than 4096 bytes', { Data: { Long: 'x'.repeat(4096) } }, 'Response object is too long.'],
  ['has no id', { PhysicalResourceId: '' }, 'Invalid PhysicalResourceId'],
  ['has an id of more than 1 KB', { PhysicalResourceId: 'é'.repeat(513) }, 'Invalid PhysicalResourceId'],
  ['is no JSON', 'text', 'Invalid response object: it is no JSON'],
  ['has another status', { Status: 'DONE' }, 'its Status is "DONE"; use SUCCESS or FAILED'],
  ['is for another request', { RequestId: 'x' }, 'its RequestId is "x"; copy the request\'s'],
])('an answer that %s fails', async (_, answer, reason) => {
  expect(await deploy({ Thing: provider.resource({ Create: answer }) })).toMatchObject({
    StackStatus: 'ROLLBACK_COMPLETE',
  });
  expect(await reasons('CREATE_FAILED')).toEqual([expect.stringContaining(reason)]);
  expect(provider.received()).toHaveLength(2);
});

test('a response URL takes one PUT with its signature', async () => {
  await deploy({ Thing: provider.resource({ Create: 'twice' }) });
  await until(() => provider.statuses().length === 1, 'the function has ended');
  expect(provider.statuses()).toEqual(['200,403']);
});

test('a response URL refuses other signatures and methods', async () => {
  const done = deploy({ Thing: provider.resource({ Create: 'nothing' }) });
  await until(() => provider.received().length === 1, 'the function has the request');
  const { ResponseURL, StackId, RequestId, LogicalResourceId } = provider.received()[0]!;
  const { host, pathname, search } = new URL(ResponseURL);
  const send = (method: string, query: string, body?: string) =>
    provider.account.request(method, { host, path: pathname + query, body });
  const body = { StackId, RequestId, LogicalResourceId, Status: 'SUCCESS', PhysicalResourceId: 'by hand' };
  expect(await send('PUT', search.replace(/.$/, 'x'), JSON.stringify(body))).toBe(403);
  expect(await send('GET', search)).toBe(405);
  expect(await send('PUT', search, JSON.stringify(body))).toBe(200);
  expect(await done).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
});

test('a failed update is undone by another update', async () => {
  await deploy({ Thing: provider.resource({}, { Given: 'one' }) });
  const Thing = provider.resource({ Update: failed('not now') }, { Given: 'two' });
  expect(await deploy({ Thing })).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
  expect(await reasons('UPDATE_FAILED')).toEqual([expect.stringContaining('Message returned: not now')]);
  expect(provider.summary()).toEqual(['Create -', 'Update thing', 'Update thing']);
  expect(provider.received()[2]).toMatchObject({
    OldResourceProperties: { Given: 'two' },
    ResourceProperties: { Given: 'one' },
  });
});

test('the rollback of a replacement asks for the old resource, and deletes the new one', async () => {
  await deploy({ Thing: provider.resource({ Update: { PhysicalResourceId: 'thing' } }, { Given: 'one' }) });
  const Thing = provider.resource({ Update: { PhysicalResourceId: 'other' } }, { Given: 'two' });
  const X = { ...IMPOSSIBLE, DependsOn: 'Thing' };
  expect(await deploy({ Thing, X })).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
  expect(provider.summary()).toEqual(['Create -', 'Update thing', 'Update other', 'Delete other']);
});

test('a failed deletion keeps the resource in the stack', async () => {
  const stack = await deploy({ Thing: provider.resource({ Delete: failed('in use') }) });
  expect(await provider.account.delete(stack)).toMatchObject({ StackStatus: 'DELETE_FAILED' });
  expect(await reasons('DELETE_FAILED')).toEqual([expect.stringContaining('Message returned: in use')]);
});

test('a deletion of the stack does not wait for a creation in progress', async () => {
  const done = deploy({ Thing: provider.resource({ Create: 'nothing' }) });
  await until(() => provider.received().length === 1, 'the function has the request');
  const { StackId = '' } = (await provider.account.cfn.describeStackResources({ StackName: 'Stack' }))
    .StackResources![0]!;
  await provider.account.cfn.deleteStack({ StackName: StackId });
  expect(await provider.account.settled(StackId)).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
  await done.catch(() => undefined);
  expect(provider.summary()).toEqual(['Create -', expect.stringMatching(/^Delete Stack-Thing-/)]);
});

test('a creation in progress is deleted by the next process', async () => {
  const done = deploy({ Thing: provider.resource({ Create: 'nothing' }) }).catch(() => undefined);
  await until(() => provider.received().length === 1, 'the function has the request');
  await provider.account.restart();
  await done;
  expect(await provider.account.settled('Stack')).toMatchObject({ StackStatus: 'ROLLBACK_COMPLETE' });
  expect(await reasons('CREATE_FAILED')).toEqual(['Resource creation cancelled']);
  expect(provider.summary()).toEqual(['Create -', expect.stringMatching(/^Delete Stack-Thing-/)]);
});

test.each<[string, Record<string, unknown>, string]>([
  [
    'a topic',
    { ServiceToken: 'arn:aws:sns:us-east-1:123456789012:t' },
    "'arn:aws:sns:us-east-1:123456789012:t'",
  ],
  ['no function', { ServiceToken: 'provider' }, "Invalid service token 'provider'"],
  [
    'a missing function',
    { ServiceToken: 'arn:aws:lambda:us-east-1:123456789012:function:no' },
    'Function not found',
  ],
  ['a timeout of two hours', { ServiceTimeout: 7200 }, 'Invalid ServiceTimeout 7200'],
])('%s is refused, and nothing has to be deleted', async (_, properties, reason) => {
  expect(await deploy({ Thing: provider.resource({}, properties) })).toMatchObject({
    StackStatus: 'ROLLBACK_COMPLETE',
  });
  expect(await reasons('CREATE_FAILED')).toEqual([expect.stringContaining(reason)]);
  expect(provider.summary()).toEqual([]);
});

test('the service token of a resource cannot change', async () => {
  await deploy({ Thing: provider.resource() });
  const ServiceToken = 'arn:aws:lambda:us-east-1:123456789012:function:other';
  await deploy({ Thing: provider.resource({}, { ServiceToken }) });
  expect(await reasons('UPDATE_FAILED')).toEqual(['Modifying service token is not allowed.']);
});

test('an attribute that the answer does not have is refused', async () => {
  const Other = provider.resource({}, { Given: { 'Fn::GetAtt': ['Thing', 'Missing'] } });
  await deploy({ Thing: provider.resource(), Other });
  expect(await reasons('CREATE_FAILED', 'Other')).toEqual([
    expect.stringContaining("CustomResource attribute error: Vendor response doesn't contain Missing key"),
  ]);
});

test('a name with other characters is no type of a custom resource', async () => {
  const Thing = provider.resource({}, {}, { Type: 'Custom::a thing' });
  await expect(deploy({ Thing })).rejects.toThrow(/Invalid custom resource type Custom::a thing/);
});
