import { ServiceError } from '../../model/errors';
import type { Call, Operations as Handlers } from '../../core/service';
import { assertUpdatable, changesNothing, stackChanges } from './change-set-operations';
import type { OperationOptions, Operations } from './operations';
import { assertAssumable, principalOf } from './permissions';
import type { Stack, StackStatus } from './records';
import { checkName, invalid, readDefinition, refuseUnsupported } from './requests';
import type { Stacks } from './stacks';

/** The statuses in which a deletion interrupts the running operation; other operations must end first. */
const DELETABLE_IN_PROGRESS: readonly StackStatus[] = ['REVIEW_IN_PROGRESS', 'CREATE_IN_PROGRESS'];

export function stackOperations(stacks: Stacks, operations: Operations): Handlers<'cloudformation'> {
  const { cloud } = stacks;

  const options = (
    stack: Stack,
    input: { RoleARN?: string; ClientRequestToken?: string; RetainExceptOnCreate?: boolean },
    call: Call,
  ): OperationOptions => ({
    principal: principalOf(cloud, input.RoleARN ?? stack.definition.roleArn, call),
    token: input.ClientRequestToken,
    retainExceptOnCreate: input.RetainExceptOnCreate,
  });

  return {
    async CreateStack(input, call) {
      refuseUnsupported('CreateStack', input);
      const { StackName = '', DisableRollback } = input;
      checkName('stackName', StackName);
      if (stacks.find(StackName))
        throw new ServiceError('AlreadyExistsException', `Stack [${StackName}] already exists`);
      const { template, definition } = await readDefinition(cloud, input, call);
      const stack = stacks.draft(StackName);
      stackChanges(stacks, stack, template, definition);
      await assertAssumable(cloud, input.RoleARN);
      stacks.add(stack);
      stack.terminationProtection = input.EnableTerminationProtection ?? false;
      void operations.deploy(stack, definition, {
        ...options(stack, input, call),
        disableRollback: DisableRollback,
      });
      return { StackId: stack.id };
    },

    async UpdateStack(input, call) {
      refuseUnsupported('UpdateStack', input);
      const { StackName = '', DisableRollback } = input;
      const stack = stacks.find(StackName);
      if (!stack) throw invalid(`Stack [${StackName}] does not exist`);
      assertUpdatable(stack);
      const { template, definition } = await readDefinition(cloud, input, call, stack.definition);
      await assertAssumable(cloud, input.RoleARN);
      if (changesNothing(stackChanges(stacks, stack, template, definition), stack, definition))
        throw invalid('No updates are to be performed.');
      void operations.deploy(stack, definition, {
        ...options(stack, input, call),
        disableRollback: DisableRollback,
      });
      return { StackId: stack.id };
    },

    async DeleteStack(input, call) {
      refuseUnsupported('DeleteStack', input);
      const { StackName = '', RetainResources = [] } = input;
      const stack = stacks.find(StackName);
      // Deleting a stack that does not exist succeeds, also a second time.
      if (!stack || stack.status === 'DELETE_COMPLETE' || stack.status === 'DELETE_IN_PROGRESS') return {};
      const { name, status } = stack;
      if (stack.terminationProtection)
        throw invalid(`Stack [${name}] cannot be deleted while TerminationProtection is enabled`);
      if (status.endsWith('_IN_PROGRESS') && !DELETABLE_IN_PROGRESS.includes(status))
        throw invalid(`Stack [${name}] cannot be deleted while in status ${status}`);
      if (RetainResources.length > 0 && status !== 'DELETE_FAILED') {
        throw invalid(
          `Invalid operation on stack [${stack.id}]. When you delete a stack, specify which resources to retain only when the stack is in the DELETE_FAILED state.`,
        );
      }
      const unknown = RetainResources.filter((id) => !stack.resources[id]);
      if (unknown.length > 0)
        throw invalid(
          `The specified resources to retain [${unknown.join(', ')}] do not exist in this stack.`,
        );
      await assertAssumable(cloud, input.RoleARN);
      const inUse = exportInUse(stacks, stack);
      if (inUse) stacks.setStatus(stack, status, inUse);
      else await operations.delete(stack, options(stack, input, call), RetainResources);
      return {};
    },

    async RollbackStack(input, call) {
      refuseUnsupported('RollbackStack', input);
      const stack = stacks.get(input.StackName ?? '');
      if (stack.status !== 'CREATE_FAILED' && stack.status !== 'UPDATE_FAILED')
        throw invalid(
          `RollbackStack is not allowed while the stack is in status ${stack.status}; use it in CREATE_FAILED or UPDATE_FAILED.`,
        );
      await assertAssumable(cloud, input.RoleARN);
      void operations.rollBack(stack, options(stack, input, call));
      return { StackId: stack.id };
    },

    async ContinueUpdateRollback(input, call) {
      const { StackName = '', ResourcesToSkip = [] } = input;
      const stack = stacks.get(StackName);
      if (stack.status !== 'UPDATE_ROLLBACK_FAILED')
        throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not continue rollback.`);
      const unknown = ResourcesToSkip.filter((id) => stack.resources[id]?.status !== 'UPDATE_FAILED');
      if (unknown.length > 0)
        throw invalid(`Resources to skip [${unknown.join(', ')}] are not in the UPDATE_FAILED state.`);
      await assertAssumable(cloud, input.RoleARN);
      void operations.rollBack(stack, options(stack, input, call), ResourcesToSkip);
      return {};
    },

    async UpdateTerminationProtection({ StackName = '', EnableTerminationProtection }) {
      const stack = stacks.find(StackName);
      if (!stack) throw invalid(`Stack [${StackName}] does not exist`);
      stack.terminationProtection = EnableTerminationProtection ?? false;
      stacks.changed(stack);
      return { StackId: stack.id };
    },
  };
}

/** Returns the reason why a stack cannot be deleted, which its status shows: another stack imports its export. */
function exportInUse(stacks: Stacks, { definition }: Stack): string | undefined {
  for (const { exportName } of definition.outputs) {
    const users = exportName === undefined ? [] : stacks.importers(exportName);
    if (users.length === 0) continue;
    return `Delete canceled. Cannot delete export ${exportName} as it is in use by ${users.join(', ')}.`;
  }
  return undefined;
}
