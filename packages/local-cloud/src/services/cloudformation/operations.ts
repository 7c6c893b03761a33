import { randomUUID } from 'node:crypto';
import type { Principal } from '../../core/principals';
import {
  isSame,
  type ImportedResource,
  type Stack,
  type StackDefinition,
  type StackOperation,
  type StackStatus,
} from './records';
import { Interrupted } from './resource-failure';
import { StackWork } from './stack-work';
import type { Stacks } from './stacks';

export interface OperationOptions {
  principal: Principal;
  token?: string;
  disableRollback?: boolean;
  retainExceptOnCreate?: boolean;
}

interface Running {
  done: Promise<void>;
  abort: AbortController;
}

/** Runs operations in the background, one for each stack. */
export class Operations {
  private readonly running = new Map<string, Running>();

  constructor(private readonly stacks: Stacks) {}

  /**
   * Creates or updates a stack to a definition. The steps of a paused operation are kept, so that they are undone with
   * the new ones.
   */
  deploy(stack: Stack, target: StackDefinition, options: OperationOptions): Promise<void> {
    const paused = stack.operation;
    const isCreation = stack.status === 'REVIEW_IN_PROGRESS';
    const before = paused ? paused.before : isCreation ? undefined : stack.definition;
    stack.operation = operation(options, {
      before,
      steps: paused?.steps,
      leftovers: paused?.leftovers,
    });
    const { outputs, imports } = stack.definition;
    stack.definition = { ...target, outputs, imports };
    if (!isCreation) stack.updated = this.stacks.now();
    stack.disableRollback = options.disableRollback ?? false;
    this.stacks.setStatus(stack, isCreation ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS', 'User Initiated');
    return this.begin(stack, (work) => work.run());
  }

  /** Returns the operation that imports existing resources into a stack, which it creates if there is none. */
  importing(adoptions: ImportedResource[]) {
    return (stack: Stack, target: StackDefinition, options: OperationOptions): Promise<void> => {
      const before = stack.status === 'REVIEW_IN_PROGRESS' ? undefined : stack.definition;
      stack.operation = { ...operation(options, { before }), adoptions };
      const { outputs, imports } = stack.definition;
      stack.definition = { ...target, outputs, imports };
      this.stacks.setStatus(stack, 'IMPORT_IN_PROGRESS', 'User Initiated');
      return this.begin(stack, (work) => work.adoptAll());
    };
  }

  /** Undoes a paused operation. @param skipped logical ids to leave unchanged */
  rollBack(stack: Stack, options: OperationOptions, skipped: readonly string[] = []): Promise<void> {
    for (const id of skipped) skip(this.stacks, stack, id);
    const { before, leftovers, steps } = stack.operation!;
    stack.operation = operation(options, { before, steps, leftovers });
    return this.begin(stack, (work) => work.rollback.run());
  }

  async delete(stack: Stack, options: OperationOptions, retained: string[]): Promise<void> {
    await this.cancel(stack);
    const leftovers = stack.operation?.leftovers;
    stack.operation = { ...operation(options, { leftovers }), retained };
    this.stacks.setStatus(stack, 'DELETE_IN_PROGRESS', 'User Initiated');
    void this.begin(stack, (work) => work.deleteAll());
  }

  /** Continues operations that an earlier process did not finish. */
  resumeAll(): void {
    for (const stack of this.stacks.existing()) {
      if (!stack.operation || !stack.status.endsWith('_IN_PROGRESS')) continue;
      void this.begin(stack, (work) => work.resume());
    }
  }

  /** Resolves when the stack's operation has ended, or after `ms`. */
  async settled(stack: Stack, ms: number): Promise<void> {
    const running = this.running.get(stack.id);
    if (!running) return;
    const waiting = new AbortController();
    const limit = this.stacks.cloud.clock.sleep(ms, waiting.signal).catch(() => undefined);
    await Promise.race([running.done, limit]);
    waiting.abort();
  }

  /** Interrupts running operations, between two resources. */
  async stop(): Promise<void> {
    const all = [...this.running.values()];
    for (const { abort } of all) abort.abort(new Interrupted());
    await Promise.all(all.map(({ done }) => done));
  }

  private async cancel(stack: Stack): Promise<void> {
    const running = this.running.get(stack.id);
    running?.abort.abort(new Interrupted());
    await running?.done;
  }

  private begin(stack: Stack, run: (work: StackWork) => Promise<void>): Promise<void> {
    const abort = new AbortController();
    const done = run(new StackWork(this.stacks, stack, abort.signal))
      .catch((error: unknown) => {
        // An interrupted operation stays in progress; any other error is a bug, which the stack's status must show.
        if (error instanceof Interrupted) return;
        const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.stacks.setStatus(stack, FAILED[stack.status] ?? 'UPDATE_ROLLBACK_FAILED', reason);
      })
      .finally(() => this.running.delete(stack.id));
    this.running.set(stack.id, { done, abort });
    return done;
  }
}

const FAILED: Partial<Record<StackStatus, StackStatus>> = {
  CREATE_IN_PROGRESS: 'CREATE_FAILED',
  ROLLBACK_IN_PROGRESS: 'ROLLBACK_FAILED',
  DELETE_IN_PROGRESS: 'DELETE_FAILED',
  UPDATE_IN_PROGRESS: 'UPDATE_FAILED',
};

/** Marks a resource that could not be restored as restored. */
function skip(stacks: Stacks, stack: Stack, logicalId: string): void {
  const steps = stack.operation!.steps;
  const { before } = steps.find((step) => step.logicalId === logicalId)!;
  const { leftovers } = stack.operation!;
  stack.operation!.leftovers = leftovers.filter(({ resource }) => !isSame(resource, before));
  stack.resources[logicalId] = { ...before!, status: 'UPDATE_COMPLETE' };
  const { type, physicalId } = before!;
  const reason = 'Resource skipped during UpdateRollback';
  stacks.addEvent(stack, logicalId, type, physicalId, 'UPDATE_COMPLETE', reason);
  stack.operation!.steps = steps.filter((step) => step.logicalId !== logicalId);
}

function operation(
  { principal, token, disableRollback = false, retainExceptOnCreate = false }: OperationOptions,
  { before, steps = [], leftovers = [] }: Partial<StackOperation>,
): StackOperation {
  return {
    id: randomUUID(),
    token,
    principal,
    before,
    steps,
    leftovers,
    disableRollback,
    retainExceptOnCreate,
  };
}
