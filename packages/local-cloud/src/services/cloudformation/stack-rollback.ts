import { changedProperties } from '../../templates/changes';
import { creationOrder } from '../../templates/graph';
import { parseTemplate } from '../../templates/parse';
import type { OperationSteps } from './operation-steps';
import { isSame, type Leftover, type StackResource, type UndoStep } from './records';
import { ResourceFailure } from './resource-failure';

/** Undoes an operation that failed, or that an earlier process did not finish. */
export class StackRollback {
  constructor(private readonly steps: OperationSteps) {}

  /** Undoes the operation's steps, last step first. */
  async run(reason?: string): Promise<void> {
    const { stack, stacks, operation } = this.steps;
    if (!operation.before) {
      stacks.setStatus(stack, 'ROLLBACK_IN_PROGRESS', reason && `${reason} Rollback requested by user.`);
      return this.undoCreation();
    }
    stacks.setStatus(stack, 'UPDATE_ROLLBACK_IN_PROGRESS', reason);
    await this.undoUpdate();
  }

  async undoCreation(): Promise<void> {
    const { stack, operation } = this.steps;
    while (operation.steps.length > 0) {
      const { logicalId } = operation.steps.pop()!;
      const resource = stack.resources[logicalId];
      if (resource) operation.leftovers.unshift(this.afterFailedOperation(logicalId, resource));
      delete stack.resources[logicalId];
    }
    const failed = await this.steps.clean();
    stack.definition.imports = [];
    if (failed.length === 0) return this.steps.end('ROLLBACK_COMPLETE');
    this.steps.end('ROLLBACK_FAILED', `The following resource(s) failed to delete: [${failed.join(', ')}].`);
  }

  /**
   * An update to the former template: what others depend on comes first, such as a role before its function. AWS does
   * not document the order.
   */
  async undoUpdate(): Promise<void> {
    const { stack, stacks, operation } = this.steps;
    for (const step of operation.steps.toReversed()) if (step.made) this.takeBack(step);
    const order = creationOrder(parseTemplate(operation.before!.templateBody));
    const place = ({ logicalId }: UndoStep) => order.indexOf(logicalId);
    // Of several tries, the first one knows what was there before.
    const tried = new Set<string>();
    const isFirst = ({ logicalId }: UndoStep) => !tried.has(logicalId) && tried.add(logicalId);
    operation.steps = operation.steps
      .filter((step) => isFirst(step) && !step.made)
      .sort((one, other) => place(one) - place(other));
    while (operation.steps.length > 0) {
      this.steps.pause();
      try {
        await this.undo(operation.steps[0]!);
      } catch (error) {
        if (!(error instanceof ResourceFailure)) throw error;
        const reason = `The following resource(s) failed to update: [${error.logicalId}].`;
        stacks.setStatus(stack, 'UPDATE_ROLLBACK_FAILED', reason);
        return;
      }
      operation.steps.shift();
      stacks.changed(stack);
    }
    stack.definition = operation.before!;
    stacks.setStatus(stack, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    await this.finishRollback();
  }

  /** Puts a resource that the operation made among those to delete, and the former one back. */
  private takeBack({ logicalId, before }: UndoStep): void {
    const { stack, operation } = this.steps;
    const current = stack.resources[logicalId];
    const leftovers = operation.leftovers.filter(({ resource }) => !isSame(resource, before));
    operation.leftovers = current ? [this.afterFailedOperation(logicalId, current), ...leftovers] : leftovers;
    if (before) this.steps.work.restore(logicalId, before);
    else delete stack.resources[logicalId];
  }

  private async undo({ logicalId, before }: UndoStep): Promise<void> {
    if (!before) return;
    const current = this.steps.stack.resources[logicalId];
    const unchanged = current && changedProperties(current.properties, before.properties).length === 0;
    if (unchanged && current.status !== 'UPDATE_FAILED') {
      this.steps.stack.resources[logicalId] = before;
      return;
    }
    await this.steps.work.update(logicalId, { ...before }, before.properties);
  }

  async finishRollback(): Promise<void> {
    await this.steps.clean();
    this.steps.end('UPDATE_ROLLBACK_COMPLETE');
  }

  /** Returns a resource of a failed operation to be deleted, unless it was created and its policy is Retain. */
  private afterFailedOperation(logicalId: string, resource: StackResource): Leftover {
    const { deletionPolicy, status } = resource;
    const wasCreated = status !== 'CREATE_FAILED' && status !== 'CREATE_IN_PROGRESS';
    const keep = wasCreated && deletionPolicy === 'Retain' && !this.steps.operation.retainExceptOnCreate;
    return { logicalId, resource, policy: keep ? 'Retain' : 'Delete' };
  }
}
