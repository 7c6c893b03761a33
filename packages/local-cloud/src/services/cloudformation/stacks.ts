import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Store } from '../../core/store';
import { parseTemplate } from '../../templates/parse';
import { stackScope, type Resource } from '../../templates/scope';
import type { Scope } from '../../templates/intrinsics';
import type { Template } from '../../templates/template';
import type { ChangeSet, ResourceStatus, Stack, StackDefinition, StackStatus } from './records';

interface Index {
  /** Ids of every stack, deleted ones included, in the order of creation. */
  stackIds: string[];
}

const STACK_TYPE = 'AWS::CloudFormation::Stack';

const EMPTY_TEMPLATE: Template = { Resources: {} };

/** Every stack of an account with its history: one document each, found by name or id. */
export class Stacks {
  private readonly index: Store<Index>;

  constructor(readonly cloud: Cloud) {
    this.index = cloud.stores.store<Index>('cloudformation', () => ({ stackIds: [] }));
    if (!Array.isArray(this.index.data.stackIds)) {
      throw new Error(
        `The state in ${cloud.stateDirectory} is of an earlier version, which this one cannot read; remove that directory to start with an empty cloud.`,
      );
    }
  }

  /** All stacks, deleted ones included, newest first. */
  all(): Stack[] {
    return this.index.data.stackIds.map((id) => this.document(id).data).reverse();
  }

  /** The stacks that are not deleted. */
  existing(): Stack[] {
    return this.all().filter(({ status }) => status !== 'DELETE_COMPLETE');
  }

  /** Returns a stack by name, if it is not deleted; by id, also a deleted one. */
  find(nameOrId: string): Stack | undefined {
    if (nameOrId.startsWith('arn:')) return this.all().find(({ id }) => id === nameOrId);
    return this.existing().find(({ name }) => name === nameOrId);
  }

  /**
   * Returns a stack.
   *
   * @throws ServiceError ValidationError, with the message of the operations that describe stacks
   */
  get(nameOrId: string): Stack {
    const stack = this.find(nameOrId);
    if (stack) return stack;
    throw new ServiceError('ValidationError', `Stack with id ${nameOrId} does not exist`);
  }

  /** Returns a new stack, which is visible only after it is added. */
  draft(name: string): Stack {
    return {
      id: this.cloud.arn('cloudformation', `stack/${name}/${randomUUID()}`),
      name,
      created: this.now(),
      status: 'REVIEW_IN_PROGRESS',
      terminationProtection: false,
      disableRollback: false,
      definition: { templateBody: '', parameters: [], capabilities: [], tags: [], outputs: [], imports: [] },
      resources: {},
      changeSets: [],
      events: [],
    };
  }

  add(stack: Stack): Stack {
    this.index.data.stackIds.push(stack.id);
    this.index.changed();
    this.document(stack.id, () => stack).changed();
    return stack;
  }

  /** Marks a stack as changed. */
  changed(stack: Stack): void {
    this.document(stack.id).changed();
  }

  setStatus(stack: Stack, status: StackStatus, reason?: string): void {
    stack.status = status;
    stack.reason = reason;
    this.addEvent(stack, stack.name, STACK_TYPE, stack.id, status, reason);
  }

  addEvent(
    stack: Stack,
    logicalId: string,
    type: string,
    physicalId: string,
    status: StackStatus | ResourceStatus,
    reason?: string,
  ): void {
    // Each time is later than the one before, so that clients can sort events.
    const after = Date.parse(stack.events.at(-1)?.time ?? '') + 1 || 0;
    const time = new Date(Math.max(this.cloud.clock.now(), after)).toISOString();
    stack.events.push({
      id: type === STACK_TYPE ? randomUUID() : `${logicalId}-${randomUUID()}`,
      operationId: stack.operation?.id ?? randomUUID(),
      token: stack.operation?.token,
      time,
      logicalId,
      physicalId,
      type,
      status,
      reason,
    });
    this.changed(stack);
  }

  /** Returns the stack's current template; empty before its creation. */
  templateOf({ definition }: Stack): Template {
    return definition.templateBody ? parseTemplate(definition.templateBody) : EMPTY_TEMPLATE;
  }

  scope(
    stack: Pick<Stack, 'id' | 'name'>,
    template: Template,
    { parameters }: Pick<StackDefinition, 'parameters'>,
    find: (logicalId: string) => Resource | undefined,
    findExport = (name: string) => this.findExport(name)?.value,
  ): Scope {
    const { region, account } = this.cloud;
    const identity = { stackName: stack.name, stackId: stack.id, region, account };
    return stackScope(template, parameters, identity, find, findExport);
  }

  exports(): { stack: Stack; name: string; value: string }[] {
    return this.existing().flatMap((stack) =>
      stack.definition.outputs.flatMap(({ exportName, value }) =>
        exportName === undefined ? [] : [{ stack, name: exportName, value }],
      ),
    );
  }

  findExport(name: string) {
    return this.exports().find((exported) => exported.name === name);
  }

  /** Returns names of the stacks that use an export. */
  importers(exportName: string): string[] {
    return this.existing()
      .filter(({ definition }) => definition.imports.includes(exportName))
      .map(({ name }) => name);
  }

  findChangeSet(stackName: string | undefined, nameOrId: string): { stack: Stack; changeSet: ChangeSet } {
    const missing = () =>
      new ServiceError('ChangeSetNotFoundException', `ChangeSet [${nameOrId}] does not exist`);
    const candidates = stackName === undefined ? this.existing() : [this.find(stackName)];
    if (stackName === undefined && !nameOrId.startsWith('arn:')) {
      throw new ServiceError(
        'ValidationError',
        'StackName must be specified if ChangeSetName is not specified as an ARN.',
      );
    }
    if (stackName !== undefined && !candidates[0])
      throw new ServiceError('ValidationError', `Stack [${stackName}] does not exist`);
    for (const stack of candidates) {
      const changeSet = stack?.changeSets.find(({ id, name }) => id === nameOrId || name === nameOrId);
      if (stack && changeSet) return { stack, changeSet };
    }
    throw missing();
  }

  now(): string {
    return new Date(this.cloud.clock.now()).toISOString();
  }

  private document(id: string, initial?: () => Stack): Store<Stack> {
    return this.cloud.stores.store<Stack>(`cloudformation/${id.split('/').at(-1)}`, () => {
      if (initial) return initial();
      throw new Error(`The record of the stack ${id} is missing in ${this.cloud.stateDirectory}.`);
    });
  }
}
