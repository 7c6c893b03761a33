import { dependencies, creationOrder } from '../../templates/graph';
import type { Scope } from '../../templates/intrinsics';
import { parseTemplate } from '../../templates/parse';
import { resolveOutputs, wantedResources } from '../../templates/scope';
import { TemplateError, type RemovalPolicy, type Template } from '../../templates/template';
import { checkExports } from './exports';
import { OperationSteps } from './operation-steps';
import { Interrupted, ResourceFailure } from './resource-failure';
import { StackRollback } from './stack-rollback';
import type { Stack } from './records';
import type { Stacks } from './stacks';

/**
 * One operation on a stack, in steps. All of its state is in the stack's record, so that another process can continue
 * it: {@link StackWork.resume}.
 */
export class StackWork {
  private readonly steps: OperationSteps;
  readonly rollback: StackRollback;

  constructor(
    private readonly stacks: Stacks,
    private readonly stack: Stack,
    signal: AbortSignal,
  ) {
    this.steps = new OperationSteps(stacks, stack, signal);
    this.rollback = new StackRollback(this.steps);
  }

  /** Updates the stack to its definition; after a failure, rolls it back. */
  async run(): Promise<void> {
    try {
      await this.apply();
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      const reason = failureReason(error);
      if (!this.steps.operation.disableRollback) return this.rollback.run(reason);
      this.stacks.setStatus(
        this.stack,
        this.steps.operation.before ? 'UPDATE_FAILED' : 'CREATE_FAILED',
        reason,
      );
      return;
    }
    if (this.steps.operation.before) {
      this.stacks.setStatus(this.stack, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
      await this.finishUpdate();
    } else {
      this.steps.end('CREATE_COMPLETE');
    }
  }

  /** Imports resources that exist; after a failure, forgets them again. */
  async adoptAll(): Promise<void> {
    const { stack, stacks } = this;
    const { operation } = this.steps;
    const adoptions = operation.adoptions ?? [];
    const template = parseTemplate(stack.definition.templateBody);
    const scope = stacks.scope(stack, template, stack.definition, (id) => stack.resources[id]);
    try {
      for (const logicalId of creationOrder(template)) {
        this.steps.pause();
        const adoption = adoptions.find((each) => each.logicalId === logicalId);
        if (adoption) await this.steps.work.adopt(adoption, scope);
      }
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      return this.forget(failureReason(error));
    }
    this.steps.end('IMPORT_COMPLETE');
  }

  private forget(reason: string): void {
    const { stack, stacks } = this;
    const { operation } = this.steps;
    stacks.setStatus(stack, 'IMPORT_ROLLBACK_IN_PROGRESS', reason);
    for (const { logicalId } of operation.adoptions ?? []) delete stack.resources[logicalId];
    if (operation.before) stack.definition = operation.before;
    this.steps.end('IMPORT_ROLLBACK_COMPLETE');
  }

  /** Deletes every resource of the stack. A resource that cannot be deleted is kept, with those that it depends on. */
  async deleteAll(): Promise<void> {
    const { stack } = this;
    const { operation } = this.steps;
    const template = this.stacks.templateOf(stack);
    const order = creationOrder(template).reverse();
    const ids = Object.keys(stack.resources).sort((a, b) => order.indexOf(a) - order.indexOf(b));
    const failed: string[] = [];
    const needed = new Set<string>();
    for (const logicalId of ids) {
      this.steps.pause();
      const resource = stack.resources[logicalId]!;
      const policy = operation.retained?.includes(logicalId) ? 'Retain' : keeps(resource.deletionPolicy);
      if (!needed.has(logicalId)) {
        const done = await this.steps.tryRemove({ logicalId, resource, policy });
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
    failed.push(...(await this.steps.clean()));
    if (failed.length > 0) {
      const reason = `The following resource(s) failed to delete: [${failed.join(', ')}].`;
      return this.steps.end('DELETE_FAILED', reason);
    }
    stack.deleted = this.stacks.now();
    stack.changeSets = [];
    stack.definition = { ...stack.definition, outputs: [], imports: [] };
    this.steps.end('DELETE_COMPLETE');
  }

  /** Continues an operation that an earlier process did not finish. */
  async resume(): Promise<void> {
    switch (this.stack.status) {
      case 'CREATE_IN_PROGRESS':
      case 'UPDATE_IN_PROGRESS':
        return this.rollback.run('The local cloud was closed during this operation.');
      case 'IMPORT_IN_PROGRESS':
      case 'IMPORT_ROLLBACK_IN_PROGRESS':
        return this.forget('The local cloud was closed during this operation.');
      case 'ROLLBACK_IN_PROGRESS':
        return this.rollback.undoCreation();
      case 'UPDATE_ROLLBACK_IN_PROGRESS':
        return this.rollback.undoUpdate();
      case 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS':
        return this.finishUpdate();
      case 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS':
        return this.rollback.finishRollback();
      case 'DELETE_IN_PROGRESS':
        return this.deleteAll();
      default:
        return;
    }
  }

  private async apply(): Promise<void> {
    const { stack, stacks } = this;
    const { operation } = this.steps;
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
      this.steps.pause();
      await this.steps.work.apply(id, scope);
    }
    this.setOutputs(template, scope);
    stack.definition.imports = [...imports];
    this.removeSuperfluous(wanted);
    stacks.changed(stack);
  }

  private setOutputs(template: Template, scope: Scope): void {
    const outputs = resolveOutputs(template, scope);
    checkExports(this.stacks, this.stack, this.steps.operation.before?.outputs ?? [], outputs);
    this.stack.definition.outputs = outputs;
  }

  /** Moves resources that the template no longer has out of the stack; the clean-up deletes them. */
  private removeSuperfluous(wanted: readonly string[]): void {
    const before = this.steps.operation.before && parseTemplate(this.steps.operation.before.templateBody);
    const order = before ? creationOrder(before) : [];
    const superfluous = Object.keys(this.stack.resources)
      .filter((id) => !wanted.includes(id))
      .sort((a, b) => order.indexOf(a) - order.indexOf(b));
    for (const logicalId of superfluous) {
      const resource = this.stack.resources[logicalId]!;
      this.steps.operation.leftovers.push({ logicalId, resource, policy: keeps(resource.deletionPolicy) });
      delete this.stack.resources[logicalId];
    }
  }

  private async finishUpdate(): Promise<void> {
    const failed = await this.steps.clean();
    const reason = 'Update successful. One or more resources could not be deleted.';
    this.steps.end('UPDATE_COMPLETE', failed.length > 0 ? reason : undefined);
  }
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
