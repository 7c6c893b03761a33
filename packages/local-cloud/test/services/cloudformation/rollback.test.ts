import { Account, bucket, IMPOSSIBLE, parameter, type Resources } from './account';

let account: Account;
beforeEach(async () => (account = await Account.open()));
afterEach(() => account.close());

const deploy = (Resources: Resources, more: object = {}) => account.deploy('Stack', { Resources }, more);
const values = (...names: string[]) => Promise.all(names.map((name) => account.value(name)));

test('a failed creation leaves no resources, and must be deleted before the next one', async () => {
  const stack = await deploy({
    A: parameter('1', '/a'),
    Kept: parameter('1', '/kept', { DeletionPolicy: 'Retain' }),
    New: parameter('1', '/new', { DeletionPolicy: 'RetainExceptOnCreate' }),
    X: { ...IMPOSSIBLE, DependsOn: ['A', 'Kept', 'New'] },
  });
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(await values('/a', '/kept', '/new')).toEqual([undefined, '1', undefined]);
  const events = await account.events('Stack', true);
  expect(events.slice(events.findIndex((event) => event.startsWith('X ')))).toEqual([
    'X CREATE_IN_PROGRESS',
    expect.stringMatching(/^X CREATE_FAILED \(.*bucket/i),
    'Stack ROLLBACK_IN_PROGRESS (The following resource(s) failed to create: [X]. Rollback requested by user.)',
    'New DELETE_IN_PROGRESS',
    'New DELETE_COMPLETE',
    'Kept DELETE_SKIPPED',
    'A DELETE_IN_PROGRESS',
    'A DELETE_COMPLETE',
    'Stack ROLLBACK_COMPLETE',
  ]);
  await expect(
    account.cfn.createChangeSet({ StackName: 'Stack', ChangeSetName: 'c', TemplateBody: '{}' }),
  ).rejects.toMatchObject({
    name: 'ValidationError',
    message: `Stack:${stack.StackId} is in ROLLBACK_COMPLETE state and can not be updated.`,
  });
  await account.delete(stack);
  expect((await deploy({ A: parameter('2', '/a') })).StackStatus).toBe('CREATE_COMPLETE');
});

test('the created part of a failed resource is deleted too', async () => {
  const half = bucket({
    BucketName: 'half-made',
    NotificationConfiguration: { LambdaConfigurations: [] },
  });
  expect((await deploy({ Half: half })).StackStatus).toBe('ROLLBACK_COMPLETE');
  const { Buckets } = await account.here.cloud.call('s3', 'ListBuckets', {}, account.operator);
  expect(Buckets).toEqual([]);
});

test('a failed update restores everything: properties, replaced and removed resources, outputs', async () => {
  const before = {
    Resources: {
      Changed: parameter('1', '/changed'),
      Replaced: parameter('1', '/old'),
      Follower: parameter({ Ref: 'Replaced' }, '/follower'),
      Removed: parameter('1', '/removed'),
    },
    Outputs: { O: { Value: { Ref: 'Replaced' } } },
  };
  const first = await account.deploy('Stack', before);
  const failing = {
    Resources: {
      Changed: parameter('2', '/changed'),
      Replaced: parameter('2', '/new'),
      Follower: parameter({ Ref: 'Replaced' }, '/follower'),
      Added: parameter('1', '/added'),
      X: { ...IMPOSSIBLE, DependsOn: ['Changed', 'Follower', 'Added'] },
    },
    Outputs: { O: { Value: 'other' } },
  };
  const stack = await account.deploy('Stack', failing);
  expect(stack).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE', Outputs: first.Outputs });
  expect(await values('/changed', '/old', '/new', '/follower', '/removed', '/added')).toEqual([
    ...['1', '1', undefined, '/old', '1', undefined],
  ]);
  const events = await account.events('Stack', true);
  expect(events.slice(events.findIndex((event) => event.includes('ROLLBACK_IN_PROGRESS')))).toEqual([
    'Stack UPDATE_ROLLBACK_IN_PROGRESS (The following resource(s) failed to create: [X].)',
    'Replaced UPDATE_COMPLETE',
    'Changed UPDATE_IN_PROGRESS',
    'Changed UPDATE_COMPLETE',
    'Follower UPDATE_IN_PROGRESS',
    'Follower UPDATE_COMPLETE',
    'Stack UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    'Added DELETE_IN_PROGRESS',
    'Added DELETE_COMPLETE',
    'Replaced DELETE_IN_PROGRESS',
    'Replaced DELETE_COMPLETE',
    'Stack UPDATE_ROLLBACK_COMPLETE',
  ]);
  const { TemplateBody } = await account.cfn.getTemplate({ StackName: 'Stack' });
  expect(TemplateBody).toBe(JSON.stringify(before));
  account.changes();
  await account.deploy('Stack', before);
  expect(account.changes()).toEqual([]);
});

test('a resource whose update fails in the middle is restored', async () => {
  const good = (more: object = {}) => ({ A: bucket({ BucketName: 'a-bucket', ...more }) });
  await deploy(good());
  const stack = await deploy(
    good({
      VersioningConfiguration: { Status: 'Enabled' },
      NotificationConfiguration: { LambdaConfigurations: [] },
    }),
  );
  expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  const { Status } = await account.here.cloud.call(
    's3',
    'GetBucketVersioning',
    { Bucket: 'a-bucket' },
    account.operator,
  );
  expect(Status).toBe('Suspended');
});

test('a replacement that fails leaves the old resource as it was', async () => {
  const good = { A: bucket({ BucketName: 'a-bucket' }) };
  await deploy(good);
  expect((await deploy({ A: IMPOSSIBLE })).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  const { StackResources } = await account.cfn.describeStackResources({ StackName: 'Stack' });
  expect(StackResources).toMatchObject([
    { PhysicalResourceId: 'a-bucket', ResourceStatus: 'CREATE_COMPLETE', LogicalResourceId: 'A' },
  ]);
  account.changes();
  await deploy(good);
  expect(account.changes()).toEqual([]);
});

test('without rollback, a failed creation keeps its resources, and can be continued or rolled back', async () => {
  const failing = { A: parameter('1', '/a'), X: { ...IMPOSSIBLE, DependsOn: 'A' } };
  expect((await deploy(failing, { DisableRollback: true })).StackStatus).toBe('CREATE_FAILED');
  expect(await account.value('/a')).toBe('1');
  await account.restart();
  await account.cfn.rollbackStack({ StackName: 'Stack' });
  const stack = await account.settled('Stack');
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(await account.value('/a')).toBeUndefined();
  await account.delete(stack);
  await deploy(failing, { DisableRollback: true });
  expect((await deploy({ A: parameter('2', '/a') })).StackStatus).toBe('CREATE_COMPLETE');
  expect(await account.value('/a')).toBe('2');
});

test('without rollback, a failed update keeps its changes; rolling back returns to the state before the first try', async () => {
  await deploy({ A: parameter('1', '/a'), B: parameter('1', '/b') });
  const failing = (value: string) => ({
    A: parameter(value, '/a'),
    B: parameter(value, '/b'),
    X: { ...IMPOSSIBLE, DependsOn: ['A', 'B'] },
  });
  expect((await deploy(failing('2'), { DisableRollback: true })).StackStatus).toBe('UPDATE_FAILED');
  expect((await deploy(failing('3'), { DisableRollback: true })).StackStatus).toBe('UPDATE_FAILED');
  expect(await values('/a', '/b')).toEqual(['3', '3']);
  await account.cfn.rollbackStack({ StackName: 'Stack' });
  expect((await account.settled('Stack')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await values('/a', '/b')).toEqual(['1', '1']);
  await expect(account.cfn.rollbackStack({ StackName: 'Stack' })).rejects.toThrow(
    /not allowed while the stack is in status UPDATE_ROLLBACK_COMPLETE/,
  );
});

test('a failed rollback waits, and continues without the skipped resources', async () => {
  const topic = (DisplayName: string) => ({ Type: 'AWS::SNS::Topic', Properties: { DisplayName } });
  await deploy({ A: parameter('1', '/a'), Topic: topic('one') });
  // The topic is deleted by hand between its update and the rollback: it cannot be restored.
  const { cloud } = account.here;
  const call = cloud.callByName.bind(cloud);
  const spy = jest
    .spyOn(cloud, 'callByName')
    .mockImplementation(async (service, operation, input, caller) => {
      const output = await call(service, operation, input, caller);
      if (operation === 'SetTopicAttributes') {
        const { TopicArn } = input as { TopicArn: string };
        await call('sns', 'DeleteTopic', { TopicArn }, caller);
      }
      return output;
    });
  const failing = {
    A: parameter('2', '/a'),
    Topic: topic('two'),
    X: { ...IMPOSSIBLE, DependsOn: ['A', 'Topic'] },
  };
  expect(await deploy(failing)).toMatchObject({
    StackStatus: 'UPDATE_ROLLBACK_FAILED',
    StackStatusReason: 'The following resource(s) failed to update: [Topic].',
  });
  spy.mockRestore();
  const next = (ResourcesToSkip: string[]) =>
    account.cfn.continueUpdateRollback({ StackName: 'Stack', ResourcesToSkip });
  await expect(next(['A'])).rejects.toThrow('Resources to skip [A] are not in the UPDATE_FAILED state.');
  await next([]);
  expect((await account.settled('Stack')).StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
  await next(['Topic']);
  expect((await account.settled('Stack')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await account.value('/a')).toBe('1');
  expect(await account.events('Stack', true)).toContain(
    'Topic UPDATE_COMPLETE (Resource skipped during UpdateRollback)',
  );
});

test('an operation that is interrupted when the cloud closes is undone by the next process', async () => {
  await deploy({ A: parameter('1', '/a') });
  const { cloud } = account.here;
  const call = cloud.callByName.bind(cloud);
  let restarted: Promise<void> | undefined;
  jest.spyOn(cloud, 'callByName').mockImplementation(async (service, operation, input, caller) => {
    const output = await call(service, operation, input, caller);
    if ((input as { Name?: string }).Name === '/b') restarted = account.restart();
    return output;
  });
  const changes = {
    A: parameter('2', '/a'),
    B: parameter('1', '/b', { DependsOn: 'A' }),
    C: parameter('1', '/c', { DependsOn: 'B' }),
  };
  const { Id: ChangeSetName } = await account.cfn.createChangeSet({
    ...{ StackName: 'Stack', ChangeSetName: 'c' },
    TemplateBody: JSON.stringify({ Resources: changes }),
  });
  await account.cfn.executeChangeSet({ ChangeSetName }).catch(() => undefined);
  await restarted;
  const stack = await account.settled('Stack');
  expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await values('/a', '/b', '/c')).toEqual(['1', undefined, undefined]);
  expect(await account.events('Stack', true)).toContain(
    'Stack UPDATE_ROLLBACK_IN_PROGRESS (The local cloud was closed during this operation.)',
  );
});

test('a refused change is rolled back, although the same check would refuse the way back', async () => {
  const key = (Properties: Record<string, unknown>) => ({ K: { Type: 'AWS::KMS::Key', Properties } });
  const hmac = { KeyUsage: 'GENERATE_VERIFY_MAC', KeySpec: 'HMAC_256' };
  await deploy(key(hmac));
  const stack = await deploy(key({ ...hmac, KeySpec: 'HMAC_512' }));
  expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await account.events('Stack', true)).toContainEqual(
    expect.stringMatching(/^K UPDATE_FAILED \(KeySpec of a key cannot change/),
  );
  expect((await deploy(key({ ...hmac, Description: 'signs' }))).StackStatus).toBe('UPDATE_COMPLETE');
});

test('a refused change of a fixed property is rolled back', async () => {
  const group = (LogGroupClass?: string) => ({
    G: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: '/g', ...(LogGroupClass && { LogGroupClass }) },
    },
  });
  await deploy(group());
  expect((await deploy(group('INFREQUENT_ACCESS'))).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
});
