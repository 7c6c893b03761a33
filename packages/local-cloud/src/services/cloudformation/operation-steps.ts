import { ResourceFailure } from './resource-failure';
import { ResourceWork } from './resource-work';
import type { Leftover, Stack, StackOperation } from './records';
import type { Stacks } from './stacks';

/** What all operations on a stack have in common: its record, the work on its resources, the clean-up and the end. */
export class OperationSteps {
  readonly operation: StackOperation;
  readonly work: ResourceWork;

  constructor(
    readonly stacks: Stacks,
    readonly stack: Stack,
    private readonly signal: AbortSignal,
  ) {
    if (!stack.operation) throw new Error(`The stack ${stack.name} has no operation in progress.`);
    this.operation = stack.operation;
    this.work = new ResourceWork(stacks, stack, this.operation, signal);
  }

  /**
   * Deletes what is left over, last one first.
   *
   * @returns logical ids of resources that could not be deleted
   */
  async clean(): Promise<string[]> {
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

  async tryRemove(leftover: Leftover): Promise<boolean> {
    try {
      await this.work.remove(leftover);
      return true;
    } catch (error) {
      if (error instanceof ResourceFailure) return false;
      throw error;
    }
  }

  end(status: Stack['status'], reason?: string): void {
    this.stacks.setStatus(this.stack, status, reason);
    this.stack.operation = undefined;
    this.stacks.changed(this.stack);
  }

  /** @throws Interrupted if the cloud is being closed, or the stack deleted */
  pause(): void {
    this.signal.throwIfAborted();
  }
}
