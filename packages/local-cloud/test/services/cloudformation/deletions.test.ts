import { Account, bucket, parameter } from './account';

let account: Account;
beforeEach(async () => (account = await Account.open()));
afterEach(() => account.close());

const exporting = (value: string) => ({
  Resources: { A: parameter('1') },
  Outputs: { O: { Value: value, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:Key' } } } },
});
const importing = { Resources: { B: parameter({ 'Fn::ImportValue': 'First:Key' }, '/b') } };

test('a stack is deleted with its resources, last created first, except those that a policy retains', async () => {
  const stack = await account.deploy('Stack', {
    Resources: {
      A: parameter('1', '/a'),
      B: parameter({ Ref: 'A' }, '/b'),
      Kept: parameter('1', '/kept', { DeletionPolicy: 'Retain' }),
    },
  });
  const before = (await account.events('Stack')).length;
  expect(await account.delete(stack)).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
  expect((await account.events(stack.StackId!)).slice(before)).toEqual([
    'Stack DELETE_IN_PROGRESS',
    'Kept DELETE_SKIPPED',
    'B DELETE_IN_PROGRESS',
    'B DELETE_COMPLETE',
    'A DELETE_IN_PROGRESS',
    'A DELETE_COMPLETE',
    'Stack DELETE_COMPLETE',
  ]);
  expect([await account.value('/a'), await account.value('/kept')]).toEqual([undefined, '1']);
  await expect(account.cfn.describeStacks({ StackName: 'Stack' })).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'Stack with id Stack does not exist',
  });
  const { StackSummaries } = await account.cfn.listStacks({ StackStatusFilter: ['DELETE_COMPLETE'] });
  expect(StackSummaries).toMatchObject([{ StackName: 'Stack', DeletionTime: expect.any(Date) as Date }]);
});

test('deleting a stack that does not exist succeeds', async () => {
  await account.cfn.deleteStack({ StackName: 'Gone' });
});

test('termination protection applies until it is disabled', async () => {
  const stack = await account.deploy('Stack', { Resources: { A: parameter('1') } });
  const protect = (EnableTerminationProtection: boolean) =>
    account.cfn.updateTerminationProtection({ StackName: 'Stack', EnableTerminationProtection });
  await protect(true);
  expect((await account.settled('Stack')).EnableTerminationProtection).toBe(true);
  await expect(account.cfn.deleteStack({ StackName: 'Stack' })).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'Stack [Stack] cannot be deleted while TerminationProtection is enabled',
  });
  await protect(false);
  expect((await account.delete(stack)).StackStatus).toBe('DELETE_COMPLETE');
});

test('a bucket with objects stays with its dependencies, and the next deletion can retain it', async () => {
  const stack = await account.deploy('Stack', {
    Resources: {
      Name: parameter('full-bucket', '/name'),
      Full: bucket({ BucketName: { 'Fn::GetAtt': ['Name', 'Value'] } }),
      Other: parameter('1', '/other'),
    },
  });
  const object = { Bucket: 'full-bucket', Key: 'k', Body: 'x' };
  await account.here.cloud.call('s3', 'PutObject', object, account.operator);
  expect(await account.delete(stack)).toMatchObject({
    StackStatus: 'DELETE_FAILED',
    StackStatusReason: 'The following resource(s) failed to delete: [Full].',
  });
  const { StackResources = [] } = await account.cfn.describeStackResources({ StackName: 'Stack' });
  expect(
    StackResources.map(({ LogicalResourceId: id, ResourceStatus }) => `${id} ${ResourceStatus}`),
  ).toEqual(['Name CREATE_COMPLETE', 'Full DELETE_FAILED']);
  await account.cfn.deleteStack({ StackName: 'Stack', RetainResources: ['Full'] });
  expect((await account.settled(stack.StackId!)).StackStatus).toBe('DELETE_COMPLETE');
  expect(await account.value('/name')).toBeUndefined();
  await account.here.cloud.call('s3', 'HeadBucket', { Bucket: 'full-bucket' }, account.operator);
});

test('an export in use cannot be deleted, changed or exported by another stack', async () => {
  const first = await account.deploy('First', exporting('shared'));
  const second = await account.deploy('Second', importing);
  expect(await account.value('/b')).toBe('shared');
  expect((await account.cfn.listExports()).Exports).toEqual([
    { ExportingStackId: first.StackId, Name: 'First:Key', Value: 'shared' },
  ]);
  expect((await account.cfn.listImports({ ExportName: 'First:Key' })).Imports).toEqual(['Second']);

  expect(await account.delete(first)).toMatchObject({
    StackStatus: 'CREATE_COMPLETE',
    StackStatusReason: 'Delete canceled. Cannot delete export First:Key as it is in use by Second.',
  });
  const kept = { StackStatus: 'UPDATE_ROLLBACK_COMPLETE', Outputs: [{ OutputValue: 'shared' }] };
  expect(await account.deploy('First', exporting('other'))).toMatchObject(kept);
  expect(await account.deploy('First', { Resources: { A: parameter('1') } })).toMatchObject(kept);
  const reasons = (await account.events('First', true)).filter((event) =>
    event.includes('in use by Second)'),
  );
  expect(reasons).toEqual([
    'First UPDATE_ROLLBACK_IN_PROGRESS (Export First:Key cannot be updated as it is in use by Second)',
    'First UPDATE_ROLLBACK_IN_PROGRESS (Export First:Key cannot be deleted as it is in use by Second)',
  ]);
  const third = { ...exporting('x'), Outputs: { O: { Value: 'x', Export: { Name: 'First:Key' } } } };
  expect((await account.deploy('Third', third)).StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(await account.events('Third', true)).toContain(
    'Third ROLLBACK_IN_PROGRESS (Export with name First:Key is already exported by stack First. Rollback requested by user.)',
  );

  await account.delete(second);
  expect((await account.delete(first)).StackStatus).toBe('DELETE_COMPLETE');
});

test('an export is made once in a template', async () => {
  const exported = { Value: 'x', Export: { Name: 'Key' } };
  const stack = await account.deploy('Twice', {
    ...{ Resources: { A: parameter('1') }, Outputs: { O: exported, P: exported } },
  });
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect((await account.events('Twice', true)).join()).toContain(
    'Export with name Key is already exported by stack Twice.',
  );
});

test('a deletion interrupts a creation in progress', async () => {
  const { cloud } = account.here;
  const call = cloud.callByName.bind(cloud);
  jest.spyOn(cloud, 'callByName').mockImplementation(async (service, operation, input, caller) => {
    const output = await call(service, operation, input, caller);
    if ((input as { Name?: string }).Name === '/a') {
      // Not awaited: it waits for the end of the creation, to which this call belongs.
      void call('cloudformation', 'DeleteStack', { StackName: 'Stack' }, caller);
    }
    return output;
  });
  const Resources = { A: parameter('1', '/a'), B: parameter({ Ref: 'A' }, '/b') };
  const { StackId } = await account.review('Stack', { Resources });
  await account.cfn.executeChangeSet({ StackName: StackId, ChangeSetName: 'changes' });
  expect((await account.settled(StackId!)).StackStatus).toBe('DELETE_COMPLETE');
  expect(await account.events(StackId!)).not.toContain('B CREATE_IN_PROGRESS');
  expect(await account.value('/a')).toBeUndefined();
});
