import type { Template } from '../../../src/templates/template';
import { Account, bucket, IMPOSSIBLE, parameter } from './account';

let account: Account;
beforeAll(async () => (account = await Account.open()));
afterAll(() => account.close());

let count = 0;
let stack: string;
beforeEach(() => (stack = `Stack${(count += 1)}`));

/** Returns `<action> <logical id>[ replacement]`, in the order of the answer. */
async function changes(template: Template, request: object = {}): Promise<string[]> {
  const { Changes = [], ...rest } = await account.review(stack, template, request);
  await account.cfn.deleteChangeSet({ ChangeSetName: rest.ChangeSetId });
  if (rest.Status === 'FAILED') return [rest.StatusReason!];
  return Changes.map(({ ResourceChange: { Action, LogicalResourceId, Replacement } = {} }) =>
    [Action, LogicalResourceId, ...(Replacement ? [Replacement] : [])].join(' '),
  );
}

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

const BEFORE: Template = {
  Parameters: { P: { Type: 'String', Default: 'p' } },
  Resources: {
    A: parameter('1', undefined),
    B: parameter({ Ref: 'A' }),
    C: parameter({ 'Fn::GetAtt': ['A', 'Value'] }),
    D: parameter({ 'Fn::Select': [1, { 'Fn::Split': ['-', { Ref: 'A' }] }] }),
    E: bucket({}, { UpdateReplacePolicy: 'Retain' }),
    F: bucket({ BucketName: { 'Fn::Join': ['', ['x', { Ref: 'A' }]] } }, { Condition: 'No' }),
  },
  Conditions: { No: { 'Fn::Equals': [{ Ref: 'P' }, 'f'] } },
  Outputs: { O: { Value: { Ref: 'P' } } },
};

const changed = (change: (resources: Template['Resources']) => void): Template => {
  const template = structuredClone(BEFORE);
  change(template.Resources);
  return template;
};

describe('against a stack', () => {
  beforeEach(async () => {
    await account.deploy(stack, BEFORE);
  });

  test.each<[string, Template, string[], object?]>([
    ['nothing', BEFORE, [NO_CHANGES]],
    ['only a description', { ...BEFORE, Description: 'new' }, [NO_CHANGES]],
    ['another order', changed((r) => Object.assign(r, { A: r.A })), [NO_CHANGES]],
    [
      'a value, and its dependents',
      changed((r) => (r.A!.Properties!.Value = '2')),
      ['Modify A False', 'Modify C False'],
    ],
    [
      'a replacement, and its dependents',
      changed((r) => (r.A!.Properties!.Name = '/named')),
      ['Modify A True', 'Modify B False', 'Modify C False', 'Modify D False'],
    ],
    ['an addition', changed((r) => (r.New = parameter('1'))), ['Add New']],
    ['a removal', changed((r) => delete r.B), ['Remove B']],
    ['another type', changed((r) => (r.B = bucket())), ['Modify B True']],
    ['metadata', changed((r) => (r.B!.Metadata = { 'aws:cdk:path': 'x' })), ['Modify B False']],
    ['a policy', changed((r) => (r.B!.DeletionPolicy = 'Retain')), ['Modify B False']],
    ['an output', { ...BEFORE, Outputs: { O: { Value: 'other' } } }, []],
    ['tags', BEFORE, [], { Tags: [{ Key: 'team', Value: 'x' }] }],
    ['a parameter', BEFORE, ['Add F'], { Parameters: [{ ParameterKey: 'P', ParameterValue: 'f' }] }],
  ])('%s', async (...[, template, expected, request]) => {
    expect(await changes(template, request)).toEqual(expected);
  });

  test('a replacement that depends on another one is conditional; the policy for the old resource is shown', async () => {
    const named = changed((r) => {
      r.A!.Properties!.Name = '/named';
      r.E!.Properties = { BucketName: { 'Fn::Join': ['', ['x', { Ref: 'A' }]] } };
    });
    const { Changes = [] } = await account.review(stack, named);
    const about = (id: string) =>
      Changes.find(({ ResourceChange: change }) => change!.LogicalResourceId === id)!.ResourceChange!;
    expect(about('A')).toMatchObject({ Replacement: 'True', PolicyAction: 'ReplaceAndDelete' });
    expect(about('E')).toMatchObject({ Replacement: 'Conditional' });
    expect(about('B').Details).toMatchObject([
      { Evaluation: 'Dynamic', Target: { AfterValue: '{{changeSet:KNOWN_AFTER_APPLY}}' } },
    ]);
    expect(about('A')).toMatchObject({
      Scope: ['Properties'],
      PhysicalResourceId: expect.stringContaining(`${stack}-A-`) as string,
      Details: [
        {
          Evaluation: 'Static',
          ChangeSource: 'DirectModification',
          Target: {
            ...{ Attribute: 'Properties', Name: 'Name', Path: '/Properties/Name' },
            ...{ RequiresRecreation: 'Always', AfterValue: '/named', AttributeChangeType: 'Add' },
          },
        },
      ],
    });
    const { Changes: plain = [] } = await account.cfn.describeChangeSet({
      StackName: stack,
      ChangeSetName: 'changes',
    });
    expect(plain[0]!.ResourceChange!.Details![0]!.Target).toEqual({
      ...{ Attribute: 'Properties', Name: 'Name', RequiresRecreation: 'Always' },
    });
  });

  test('a change set creates nothing before it is executed, and an execution deletes all change sets', async () => {
    account.changes();
    await account.review(
      stack,
      changed((r) => (r.A!.Properties!.Value = '2')),
    );
    await account.review(
      stack,
      changed((r) => (r.A!.Properties!.Value = '3')),
      { ChangeSetName: 'others' },
    );
    expect(account.changes()).toEqual([]);
    const { Summaries = [] } = await account.cfn.listChangeSets({ StackName: stack });
    expect(Summaries.map(({ ChangeSetName, ExecutionStatus }) => [ChangeSetName, ExecutionStatus])).toEqual([
      ['changes', 'AVAILABLE'],
      ['others', 'AVAILABLE'],
    ]);
    await account.cfn.executeChangeSet({ StackName: stack, ChangeSetName: 'others' });
    await account.settled(stack);
    await expect(
      account.cfn.executeChangeSet({ StackName: stack, ChangeSetName: 'changes' }),
    ).rejects.toMatchObject({ name: 'ChangeSetNotFoundException' });
    await expect(
      account.cfn.executeChangeSet({ StackName: stack, ChangeSetName: 'others' }),
    ).rejects.toMatchObject({
      name: 'InvalidChangeSetStatusException',
      message: expect.stringContaining('execution status of [EXECUTE_COMPLETE]') as string,
    });
  });
});

test('the first change set creates a stack in review, which can be deleted', async () => {
  const review = await account.review(stack, { Resources: { A: parameter('1') } });
  expect(review).toMatchObject({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE', StackName: stack });
  expect(await account.status(stack)).toBe('REVIEW_IN_PROGRESS');
  await account.cfn.deleteStack({ StackName: stack });
  expect((await account.settled(review.StackId!)).StackStatus).toBe('DELETE_COMPLETE');
});

test('an import of a missing export fails the change set, and nothing is created', async () => {
  const Resources = { A: parameter('1', '/never'), B: parameter({ 'Fn::ImportValue': 'Gone' }) };
  expect(await changes({ Resources })).toEqual(['No export named Gone found.']);
  expect(await account.value('/never')).toBeUndefined();
});

test('many changes are returned in pages', async () => {
  const Resources = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`P${i}`, parameter('1')]));
  const { Changes, NextToken, ChangeSetId } = await account.review(stack, { Resources });
  expect(Changes).toHaveLength(100);
  const next = await account.cfn.describeChangeSet({ ChangeSetName: ChangeSetId, NextToken });
  expect(next.Changes!.map(({ ResourceChange }) => ResourceChange!.LogicalResourceId)).toEqual(
    Array.from({ length: 20 }, (_, i) => `P${100 + i}`),
  );
  expect(next.NextToken).toBeUndefined();
});

test("a client's requests after a failure are answered: failed events, and an empty list of hooks", async () => {
  const Resources = { A: parameter('1'), X: { ...IMPOSSIBLE, DependsOn: 'A' } };
  const { StackId, ChangeSetId } = await account.review(stack, { Resources });
  const Filters = { FailedEvents: true };
  const ofChangeSet = { StackName: stack, ChangeSetName: 'changes', Filters };
  expect((await account.cfn.describeEvents(ofChangeSet)).OperationEvents ?? []).toEqual([]);
  const hooks = { TargetType: 'CHANGE_SET' as const, TargetId: ChangeSetId };
  expect((await account.cfn.listHookResults(hooks)).HookResults ?? []).toEqual([]);
  await account.cfn.executeChangeSet({ ChangeSetName: ChangeSetId });
  await account.settled(stack);
  const { OperationEvents } = await account.cfn.describeEvents({ StackName: stack, Filters });
  expect(OperationEvents).toMatchObject([
    { EventType: 'STACK_EVENT', LogicalResourceId: 'X', ResourceStatus: 'CREATE_FAILED', StackId },
  ]);
});
