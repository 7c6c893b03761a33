import { dependencies, creationOrder } from '../../templates/graph';
import type { Scope } from '../../templates/intrinsics';
import { parseTemplate } from '../../templates/parse';
import { changedProperties } from '../../templates/changes';
import { resolveOutputs, wantedResources } from '../../templates/scope';
import { TemplateError, type RemovalPolicy, type Template } from '../../templates/template';
import { checkExports } from './exports';
import { ResourceFailure, ResourceWork } from './resource-work';
import type { Leftover, Stack, StackOperation, StackResource, UndoStep } from './records';
import type { Stacks } from './stacks';

/** The cloud is being closed: the operation stays in progress, for the next process to undo or to finish. */
export class Interrupted extends Error {}

/**
 * One operation on a stack, in steps. All of its state is in the stack's record, so that another process can continue
 * it: {@link StackWork.resume}.
 */
export class StackWork {
  private readonly operation: StackOperation;
  private readonly work: ResourceWork;

  constructor(
    private readonly stacks: Stacks,
    private readonly stack: Stack,
    private readonly signal: AbortSignal,
  ) {
    if (!stack.operation) throw new Error(`The stack ${stack.name} has no operation in progress.`);
    this.operation = stack.operation;
    this.work = new ResourceWork(stacks, stack, this.operation, { principal: this.operation.principal });
  }

  /** Updates the stack to its definition; after a failure, rolls it back. */
  async run(): Promise<void> {
    try {
      await this.apply();
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      const reason = failureReason(error);
      if (!this.operation.disableRollback) return this.rollBack(reason);
      this.stacks.setStatus(this.stack, this.operation.before ? 'UPDATE_FAILED' : 'CREATE_FAILED', reason);
      return;
    }
    if (this.operation.before) {
      this.stacks.setStatus(this.stack, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
      await this.finishUpdate();
    } else {
      this.end('CREATE_COMPLETE');
    }
  }

  /** Imports resources that exist; after a failure, forgets them again. */
  async adoptAll(): Promise<void> {
    const { stack, stacks, operation } = this;
    const adoptions = operation.adoptions ?? [];
    const template = parseTemplate(stack.definition.templateBody);
    const scope = stacks.scope(stack, template, stack.definition, (id) => stack.resources[id]);
    try {
      for (const logicalId of creationOrder(template)) {
        this.pause();
        const adoption = adoptions.find((each) => each.logicalId === logicalId);
        if (adoption) await this.work.adopt(adoption, scope);
      }
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      return this.forget(failureReason(error));
    }
    this.end('IMPORT_COMPLETE');
  }

  private forget(reason: string): void {
    const { stack, stacks, operation } = this;
    stacks.setStatus(stack, 'IMPORT_ROLLBACK_IN_PROGRESS', reason);
    for (const { logicalId } of operation.adoptions ?? []) delete stack.resources[logicalId];
    if (operation.before) stack.definition = operation.before;
    this.end('IMPORT_ROLLBACK_COMPLETE');
  }

  /** Undoes the operation's steps, last step first. */
  async rollBack(reason?: string): Promise<void> {
    const { stack, stacks, operation } = this;
    if (!operation.before) {
      stacks.setStatus(stack, 'ROLLBACK_IN_PROGRESS', reason && `${reason} Rollback requested by user.`);
      return this.undoCreation();
    }
    stacks.setStatus(stack, 'UPDATE_ROLLBACK_IN_PROGRESS', reason);
    await this.undoUpdate();
  }

  /** Deletes every resource of the stack. A resource that cannot be deleted is kept, with those that it depends on. */
  async deleteAll(): Promise<void> {
    const { stack, operation } = this;
    const template = this.stacks.templateOf(stack);
    const order = creationOrder(template).reverse();
    const ids = Object.keys(stack.resources).sort((a, b) => order.indexOf(a) - order.indexOf(b));
    const failed: string[] = [];
    const needed = new Set<string>();
    for (const logicalId of ids) {
      this.pause();
      const resource = stack.resources[logicalId]!;
      const policy = operation.retained?.includes(logicalId) ? 'Retain' : keeps(resource.deletionPolicy);
      if (!needed.has(logicalId)) {
        const done = await this.tryRemove({ logicalId, resource, policy });
        if (done) {
          delete stack.resources[logicalId];
          this.stacks.changed(stack);
          continue;
        }
        failed.push(logicalId);
      }
      if (Object.hasOwn(template.Resources, logicalId))
        for (const other of dependencies(template, logicalId)) needed.add(other);
    }
    failed.push(...(await this.clean()));
    if (failed.length > 0) {
      const reason = `The following resource(s) failed to delete: [${failed.join(', ')}].`;
      return this.end('DELETE_FAILED', reason);
    }
    stack.deleted = this.stacks.now();
    stack.changeSets = [];
    stack.definition = { ...stack.definition, outputs: [], imports: [] };
    this.end('DELETE_COMPLETE');
  }

  /** Continues an operation that an earlier process did not finish. */
  async resume(): Promise<void> {
    switch (this.stack.status) {
      case 'CREATE_IN_PROGRESS':
      case 'UPDATE_IN_PROGRESS':
        return this.rollBack('The local cloud was closed during this operation.');
      case 'IMPORT_IN_PROGRESS':
      case 'IMPORT_ROLLBACK_IN_PROGRESS':
        return this.forget('The local cloud was closed during this operation.');
      case 'ROLLBACK_IN_PROGRESS':
        return this.undoCreation();
      case 'UPDATE_ROLLBACK_IN_PROGRESS':
        return this.undoUpdate();
      case 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS':
        return this.finishUpdate();
      case 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS':
        return this.finishRollback();
      case 'DELETE_IN_PROGRESS':
        return this.deleteAll();
      default:
        return;
    }
  }

  private async apply(): Promise<void> {
    const { stack, stacks, operation } = this;
    const template = parseTemplate(stack.definition.templateBody);
    const imports = new Set<string>();
    let wanted: string[] = [];
    const scope = stacks.scope(
      stack,
      template,
      stack.definition,
      (id) => (wanted.includes(id) ? stack.resources[id] : undefined),
      (name) => {
        imports.add(name);
        stack.definition.imports = [...new Set([...(operation.before?.imports ?? []), ...imports])];
        return stacks.findExport(name)?.value;
      },
    );
    wanted = wantedResources(creationOrder(template), scope);
    for (const id of wanted) {
      this.pause();
      await this.work.apply(id, scope);
    }
    this.setOutputs(template, scope);
    stack.definition.imports = [...imports];
    this.removeSuperfluous(wanted);
    stacks.changed(stack);
  }

  private setOutputs(template: Template, scope: Scope): void {
    const outputs = resolveOutputs(template, scope);
    checkExports(this.stacks, this.stack, this.operation.before?.outputs ?? [], outputs);
    this.stack.definition.outputs = outputs;
  }

  /** Moves resources that the template no longer has out of the stack; the clean-up deletes them. */
  private removeSuperfluous(wanted: readonly string[]): void {
    const before = this.operation.before && parseTemplate(this.operation.before.templateBody);
    const order = before ? creationOrder(before) : [];
    const superfluous = Object.keys(this.stack.resources)
      .filter((id) => !wanted.includes(id))
      .sort((a, b) => order.indexOf(a) - order.indexOf(b));
    for (const logicalId of superfluous) {
      const resource = this.stack.resources[logicalId]!;
      this.operation.leftovers.push({ logicalId, resource, policy: keeps(resource.deletionPolicy) });
      delete this.stack.resources[logicalId];
    }
  }

  private async finishUpdate(): Promise<void> {
    const failed = await this.clean();
    const reason = 'Update successful. One or more resources could not be deleted.';
    this.end('UPDATE_COMPLETE', failed.length > 0 ? reason : undefined);
  }

  private async undoCreation(): Promise<void> {
    const { stack, operation } = this;
    while (operation.steps.length > 0) {
      const { logicalId } = operation.steps.pop()!;
      const resource = stack.resources[logicalId];
      if (resource) operation.leftovers.unshift(this.afterFailedOperation(logicalId, resource));
      delete stack.resources[logicalId];
    }
    const failed = await this.clean();
    stack.definition.imports = [];
    if (failed.length === 0) return this.end('ROLLBACK_COMPLETE');
    this.end('ROLLBACK_FAILED', `The following resource(s) failed to delete: [${failed.join(', ')}].`);
  }

  /**
   * An update to the former template: what others depend on comes first, such as a role before its function. AWS does
   * not document the order.
   */
  private async undoUpdate(): Promise<void> {
    const { stack, stacks, operation } = this;
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
      this.pause();
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
    const { stack, operation } = this;
    const current = stack.resources[logicalId];
    const leftovers = operation.leftovers.filter(({ resource }) => !isSame(resource, before));
    operation.leftovers = current ? [this.afterFailedOperation(logicalId, current), ...leftovers] : leftovers;
    if (before) this.work.restore(logicalId, before);
    else delete stack.resources[logicalId];
  }

  private async undo({ logicalId, before }: UndoStep): Promise<void> {
    if (!before) return;
    const current = this.stack.resources[logicalId];
    const unchanged = current && changedProperties(current.properties, before.properties).length === 0;
    if (unchanged && current.status !== 'UPDATE_FAILED') {
      this.stack.resources[logicalId] = before;
      return;
    }
    await this.work.update(logicalId, { ...before }, before.properties);
  }

  private async finishRollback(): Promise<void> {
    await this.clean();
    this.end('UPDATE_ROLLBACK_COMPLETE');
  }

  /** Returns a resource of a failed operation to be deleted, unless its policy is Retain. */
  private afterFailedOperation(logicalId: string, resource: StackResource): Leftover {
    const keep = resource.deletionPolicy === 'Retain' && !this.operation.retainExceptOnCreate;
    return { logicalId, resource, policy: keep ? 'Retain' : 'Delete' };
  }

  /**
   * Deletes what is left over, last one first.
   *
   * @returns logical ids of resources that could not be deleted
   */
  private async clean(): Promise<string[]> {
    const { leftovers } = this.operation;
    const failed: string[] = [];
    while (leftovers.length > 0) {
      this.pause();
      const leftover = leftovers.at(-1)!;
      if (!(await this.tryRemove(leftover))) failed.push(leftover.logicalId);
      leftovers.pop();
      this.stacks.changed(this.stack);
    }
    return failed;
  }

  private async tryRemove(leftover: Leftover): Promise<boolean> {
    try {
      await this.work.remove(leftover);
      return true;
    } catch (error) {
      if (error instanceof ResourceFailure) return false;
      throw error;
    }
  }

  private end(status: Stack['status'], reason?: string): void {
    this.stacks.setStatus(this.stack, status, reason);
    this.stack.operation = undefined;
    this.stacks.changed(this.stack);
  }

  private pause(): void {
    if (this.signal.aborted) throw new Interrupted();
  }
}

function isSame(a: StackResource, b: StackResource | undefined): boolean {
  return a.type === b?.type && a.physicalId === b.physicalId;
}

/** Returns the policy in effect. RetainExceptOnCreate means Retain after the creation has succeeded. */
function keeps(policy: RemovalPolicy): RemovalPolicy {
  return policy === 'Delete' ? 'Delete' : 'Retain';
}

function failureReason(error: unknown): string {
  if (error instanceof ResourceFailure)
    return `The following resource(s) failed to ${error.verb}: [${error.logicalId}].`;
  if (error instanceof TemplateError) return error.message;
  throw error;
}
