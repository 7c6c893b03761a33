import { randomUUID } from 'node:crypto';
import { ServiceError } from '../../model/errors';
import { page } from '../../core/paging';
import type { Operations as Handlers } from '../../core/service';
import { checkRules } from '../../templates/rules';
import { changesOf, type StackChanges } from '../../templates/changes';
import { TemplateError, type Template } from '../../templates/template';
import { describeChangeSet, summarizeChangeSet } from './descriptions';
import { importChanges, readImports } from './imports';
import type { Operations } from './operations';
import { assertAssumable, principalOf } from './permissions';
import type { ChangeSet, Stack, StackDefinition, StackStatus } from './records';
import { checkName, invalid, readDefinition, refuseUnsupported } from './requests';
import type { Stacks } from './stacks';

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

const PAGE = 100;

/**
 * The statuses in which a stack can be updated. After a failure that was not rolled back, only by another change set.
 */
const UPDATABLE: readonly StackStatus[] = [
  ...(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'] as const),
  ...(['IMPORT_COMPLETE', 'IMPORT_ROLLBACK_COMPLETE'] as const),
  ...(['CREATE_FAILED', 'UPDATE_FAILED'] as const),
];

export function assertUpdatable(stack: Stack): void {
  if (UPDATABLE.includes(stack.status)) return;
  throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
}

/**
 * Returns the changes of a new definition.
 *
 * @throws TemplateError if it cannot be deployed
 */
export function stackChanges(
  stacks: Stacks,
  stack: Stack,
  template: Template,
  definition: StackDefinition,
): StackChanges {
  const nothing = () => undefined;
  checkRules(template, stacks.scope(stack, template, definition, nothing));
  const current = {
    template: stacks.templateOf(stack),
    resources: stack.resources,
    outputs: stack.definition.outputs,
  };
  return changesOf(stacks.cloud.services.resourceTypes, template, current, (find) =>
    stacks.scope(stack, template, definition, find),
  );
}

export function changesNothing(
  { changes, outputsChange }: StackChanges,
  stack: Stack,
  { tags }: StackDefinition,
): boolean {
  const sameTags = JSON.stringify(tags) === JSON.stringify(stack.definition.tags);
  return changes.length === 0 && !outputsChange && sameTags && !stack.operation;
}

export function changeSetOperations(stacks: Stacks, operations: Operations): Handlers<'cloudformation'> {
  const { cloud } = stacks;

  /** Returns the stack that a change set is for; undefined if the change set will create it. */
  function targetOf(name: string, type: ChangeSet['type'], changeSetName: string): Stack | undefined {
    const stack = stacks.find(name);
    if (type === 'IMPORT') {
      if (stack && stack.status !== 'REVIEW_IN_PROGRESS') assertUpdatable(stack);
    } else if (type === 'UPDATE') {
      if (!stack) throw invalid(`Stack [${name}] does not exist`);
      assertUpdatable(stack);
    } else if (stack && stack.status !== 'REVIEW_IN_PROGRESS') {
      const again = `cannot be created again with the changeSet [${changeSetName}].`;
      throw invalid(`Stack [${name}] already exists and ${again}`);
    }
    if (!stack) checkName('stackName', name);
    return stack;
  }

  return {
    async CreateChangeSet(input, call) {
      refuseUnsupported('CreateChangeSet', input);
      const { StackName = '', ChangeSetName = '', ChangeSetType = 'UPDATE', IncludeNestedStacks } = input;
      checkName('changeSetName', ChangeSetName);
      const isImport = ChangeSetType === 'IMPORT';
      if (!isImport && input.ResourcesToImport?.length)
        throw invalid('ResourcesToImport is for change sets of the type IMPORT.');
      const known = targetOf(StackName, ChangeSetType, ChangeSetName);
      const same = known?.changeSets.find(({ name }) => name === ChangeSetName);
      if (same && !same.executionStatus.startsWith('EXECUTE_')) {
        const message = `ChangeSet ${ChangeSetName} cannot be created: the stack ${StackName} has one of that name; delete it first.`;
        throw new ServiceError('AlreadyExistsException', message);
      }
      const { template, definition } = await readDefinition(cloud, input, call, known?.definition);
      await assertAssumable(cloud, input.RoleARN);
      const { resourceTypes } = cloud.services;
      const adoptions = isImport
        ? readImports(resourceTypes, template, known ?? { resources: {} }, input.ResourcesToImport ?? [])
        : undefined;
      const stack = known ?? stacks.add(stacks.draft(StackName));
      if (stack.events.length === 0) stacks.setStatus(stack, 'REVIEW_IN_PROGRESS', 'User Initiated');
      const changeSet: ChangeSet = {
        id: cloud.arn('cloudformation', `changeSet/${ChangeSetName}/${randomUUID()}`),
        name: ChangeSetName,
        type: ChangeSetType,
        description: input.Description,
        created: stacks.now(),
        status: 'CREATE_COMPLETE',
        executionStatus: 'AVAILABLE',
        definition,
        changes: [],
        adoptions,
        includeNestedStacks: IncludeNestedStacks ?? false,
      };
      const fail = (reason: string) =>
        Object.assign(changeSet, { status: 'FAILED', executionStatus: 'UNAVAILABLE', reason });
      try {
        const changes = adoptions
          ? { changes: importChanges(template, adoptions), outputsChange: false }
          : stackChanges(stacks, stack, template, definition);
        changeSet.changes = changes.changes;
        if (changesNothing(changes, stack, definition)) fail(NO_CHANGES);
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        fail(error.message);
      }
      stack.changeSets = [...stack.changeSets.filter((other) => other !== same), changeSet];
      stacks.changed(stack);
      return { Id: changeSet.id, StackId: stack.id };
    },

    async DescribeChangeSet({ StackName, ChangeSetName = '', NextToken, IncludePropertyValues = false }) {
      const { stack, changeSet } = stacks.findChangeSet(StackName, ChangeSetName);
      const { items, nextToken } = page(
        changeSet.changes.map((change, i) => ({ change, key: String(i).padStart(4, '0') })),
        ({ key }) => key,
        PAGE,
        NextToken,
        invalid,
      );
      const changes = items.map(({ change }) => change);
      return {
        ...describeChangeSet(stack, changeSet, changes, IncludePropertyValues),
        NextToken: nextToken,
      };
    },

    async ListChangeSets({ StackName = '' }) {
      const stack = stacks.find(StackName);
      if (!stack) throw invalid(`Stack [${StackName}] does not exist`);
      return { Summaries: stack.changeSets.map((changeSet) => summarizeChangeSet(stack, changeSet)) };
    },

    async DeleteChangeSet({ StackName, ChangeSetName = '' }) {
      try {
        const { stack, changeSet } = stacks.findChangeSet(StackName, ChangeSetName);
        if (changeSet.executionStatus === 'EXECUTE_IN_PROGRESS') throw notInStatus(changeSet, 'deleted');
        stack.changeSets = stack.changeSets.filter((other) => other !== changeSet);
        stacks.changed(stack);
      } catch (error) {
        // Deleting a change set that does not exist succeeds.
        if (!(error instanceof ServiceError) || error.code !== 'ChangeSetNotFoundException') throw error;
      }
      return {};
    },

    async ExecuteChangeSet({ StackName, ChangeSetName = '', ...options }, call) {
      const { stack, changeSet } = stacks.findChangeSet(StackName, ChangeSetName);
      if (changeSet.executionStatus !== 'AVAILABLE') throw notInStatus(changeSet, 'executed');
      if (changeSet.type === 'UPDATE') assertUpdatable(stack);
      else if (changeSet.type === 'CREATE' && stack.status !== 'REVIEW_IN_PROGRESS')
        throw notInStatus(changeSet, 'executed');
      changeSet.executionStatus = 'EXECUTE_IN_PROGRESS';
      // The other change sets were made for a stack that has changed since.
      stack.changeSets = [changeSet];
      stack.changeSetId = changeSet.id;
      const run = changeSet.adoptions
        ? operations.importing(changeSet.adoptions)
        : operations.deploy.bind(operations);
      const done = run(stack, changeSet.definition, {
        principal: principalOf(cloud, changeSet.definition.roleArn, call),
        token: options.ClientRequestToken,
        disableRollback: options.DisableRollback,
        retainExceptOnCreate: options.RetainExceptOnCreate,
      });
      void done.then(() => {
        const succeeded = /^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(stack.status);
        changeSet.executionStatus = succeeded ? 'EXECUTE_COMPLETE' : 'EXECUTE_FAILED';
        stacks.changed(stack);
      });
      return {};
    },
  };
}

function notInStatus({ id, status, executionStatus }: ChangeSet, verb: string): ServiceError {
  const state = status === 'FAILED' ? `status of [${status}]` : `execution status of [${executionStatus}]`;
  return new ServiceError(
    'InvalidChangeSetStatusException',
    `ChangeSet [${id}] cannot be ${verb} in its current ${state}`,
  );
}
