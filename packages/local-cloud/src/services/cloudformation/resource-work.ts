import { resolve, type Scope } from '../../templates/intrinsics';
import { propertyProblems, propertyRefusal } from '../../facts/resource-constraints';
import { typedProperties } from '../../facts/resource-values';
import { changedProperties } from '../../templates/changes';
import { assertChangeable, mustReplace } from '../../templates/replacement';
import {
  findType,
  type Created,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../../core/resource-type';
import type { RemovalPolicy } from '../../templates/template';
import type { Caller } from '../../core/service';
import {
  isSame,
  type ImportedResource,
  type Leftover,
  type ResourceStatus,
  type Stack,
  type StackOperation,
  type StackResource,
} from './records';
import { CANCELLED, FAILED, Interrupted, isRefusal, messageOf, ResourceFailure } from './resource-failure';
import type { Stacks } from './stacks';

const REPLACING = 'Requested update requires the creation of a new physical resource; hence creating one.';

/** For a custom resource, whose provider decides. */
const REPLACED = 'Requested update required the provider to create a new physical resource';

/** Creates, changes and deletes single resources of a stack, and adds each step to the stack's events. */
export class ResourceWork {
  private readonly caller: Caller;

  constructor(
    private readonly stacks: Stacks,
    private readonly stack: Stack,
    private readonly operation: StackOperation,
    private readonly signal: AbortSignal,
  ) {
    this.caller = { principal: operation.principal };
  }

  /**
   * Updates one resource to the template, and records the facts to undo it.
   *
   * @throws ResourceFailure
   */
  async apply(logicalId: string, scope: Scope): Promise<void> {
    const definition = scope.template.Resources[logicalId]!;
    if (this.stack.resources[logicalId]?.status === 'CREATE_FAILED') await this.discard(logicalId);
    const before = this.stack.resources[logicalId];
    const wanted = {
      type: definition.Type,
      deletionPolicy: definition.DeletionPolicy ?? 'Delete',
      updateReplacePolicy: definition.UpdateReplacePolicy ?? 'Delete',
    };
    let properties: Properties;
    try {
      const written = (resolve(definition.Properties ?? {}, scope) ?? {}) as Properties;
      properties = typedProperties(definition.Type, written);
    } catch (error) {
      throw this.failed(logicalId, wanted.type, before?.physicalId, before ? 'update' : 'create', error);
    }
    const changed = before && before.type === wanted.type && changedProperties(before.properties, properties);
    // A change that failed in a paused operation is tried again; undoing it returns to the state before the first try.
    const again = before?.status === 'UPDATE_FAILED';
    if (changed && changed.length === 0 && !again) {
      if (!samePolicies(before, wanted)) this.operation.steps.push({ logicalId, before, made: false });
      this.stack.resources[logicalId] = { ...before, ...wanted };
    } else if (
      changed &&
      !changed.some((name) => mustReplace(wanted.type, name, before.properties, properties))
    ) {
      if (!again) this.operation.steps.push({ logicalId, before, made: false });
      await this.update(logicalId, { ...before, ...wanted }, properties);
    } else {
      await this.make(logicalId, { ...wanted, properties }, before);
    }
  }

  /** Makes an existing resource the stack's, with the properties of the template; none of them is compared. */
  async adopt({ logicalId, id }: ImportedResource, scope: Scope): Promise<void> {
    const definition = scope.template.Resources[logicalId]!;
    const { Type: type, DeletionPolicy = 'Delete', UpdateReplacePolicy = 'Delete' } = definition;
    this.event(logicalId, type, id, 'IMPORT_IN_PROGRESS', 'Resource import started.');
    try {
      const written = (resolve(definition.Properties ?? {}, scope) ?? {}) as Properties;
      const properties = typedProperties(type, written);
      const found = await this.typeOf(type)!.adopt!.find(id, this.context(logicalId, type));
      const policies = { deletionPolicy: DeletionPolicy, updateReplacePolicy: UpdateReplacePolicy };
      this.keep(logicalId, { type, properties, ...policies }, properties, found, 'IMPORT_COMPLETE');
    } catch (error) {
      throw this.failed(logicalId, type, id, 'import', error);
    }
  }

  /** Changes a resource in place: to new properties, or back to its earlier ones. */
  async update(logicalId: string, resource: StackResource, properties: Properties): Promise<void> {
    const current = this.stack.resources[logicalId] ?? resource;
    const { type } = resource;
    let { physicalId } = current;
    this.event(logicalId, type, physicalId, 'UPDATE_IN_PROGRESS');
    const made = (created: Created) => (physicalId = created.physicalId);
    let begun = false;
    try {
      const definition = this.typeOf(type)!;
      const names = changedProperties(resource.properties, properties);
      assertChangeable(type, definition, names);
      assertAllowed(logicalId, type, properties);
      begun = true;
      // A type that cannot be updated gets here only on its way back from a refused change: it has these properties.
      const changed = definition.update
        ? await definition.update(properties, { ...this.context(logicalId, type), made }, current)
        : current;
      if (definition.custom) this.replaced(logicalId, current, changed.physicalId);
      this.keep(logicalId, resource, properties, changed, 'UPDATE_COMPLETE');
    } catch (error) {
      // The change may have been made in part: undoing it starts from the requested properties. A refused change was not
      // begun: undoing it must not be refused too.
      const reached = begun && !isRefusal(error) ? properties : resource.properties;
      const { attributes } = current;
      this.mark(
        logicalId,
        { ...resource, physicalId, attributes, properties: reached },
        'UPDATE_FAILED',
        error,
      );
      this.replaced(logicalId, current, physicalId);
      throw this.failed(logicalId, type, physicalId, 'update', error);
    }
  }

  /** Points a logical id back to its earlier physical resource. */
  restore(logicalId: string, before: StackResource): void {
    this.stack.resources[logicalId] = before;
    this.event(logicalId, before.type, before.physicalId, 'UPDATE_COMPLETE');
  }

  /**
   * Deletes a physical resource, unless a policy keeps it.
   *
   * @throws ResourceFailure
   */
  async remove({ logicalId, resource, policy }: Leftover): Promise<void> {
    const { type, physicalId } = resource;
    if (policy !== 'Delete') {
      this.event(logicalId, type, physicalId, 'DELETE_SKIPPED');
      return;
    }
    this.event(logicalId, type, physicalId, 'DELETE_IN_PROGRESS');
    try {
      await this.typeOf(type)?.delete(resource, this.context(logicalId, type));
      this.event(logicalId, type, physicalId, 'DELETE_COMPLETE');
    } catch (error) {
      // The logical id may have another resource now.
      const current = this.stack.resources[logicalId];
      if (!(error instanceof Interrupted) && current?.physicalId === physicalId)
        this.mark(logicalId, current, 'DELETE_FAILED', error);
      throw this.failed(logicalId, type, physicalId, 'delete', error);
    }
  }

  private async make(
    logicalId: string,
    wanted: Pick<StackResource, 'type' | 'properties' | 'deletionPolicy' | 'updateReplacePolicy'>,
    before: StackResource | undefined,
  ): Promise<void> {
    if (before) this.event(logicalId, wanted.type, before.physicalId, 'UPDATE_IN_PROGRESS', REPLACING);
    else this.event(logicalId, wanted.type, '', 'CREATE_IN_PROGRESS');
    const step = { logicalId, before, made: true };
    let partial: StackResource | undefined;
    let made: Created;
    // Recorded at once, so that the rollback deletes it, in this process or the next.
    const report = (created: Created) => {
      partial = { ...wanted, ...created, status: 'CREATE_IN_PROGRESS', time: this.stacks.now() };
      this.stack.resources[logicalId] = partial;
      if (!this.operation.steps.includes(step)) this.operation.steps.push(step);
      this.stacks.changed(this.stack);
    };
    try {
      assertAllowed(logicalId, wanted.type, wanted.properties);
      const context = { ...this.context(logicalId, wanted.type), made: report };
      made = await this.typeOf(wanted.type)!.create(wanted.properties, context);
    } catch (error) {
      if (partial) this.mark(logicalId, partial, 'CREATE_FAILED', error);
      throw this.failed(logicalId, wanted.type, partial?.physicalId, before ? 'update' : 'create', error);
    }
    if (!partial) this.operation.steps.push(step);
    if (before) {
      const policy = before.updateReplacePolicy;
      this.operation.leftovers.push({ logicalId, resource: before, policy });
    } else {
      const { physicalId } = made;
      this.event(logicalId, wanted.type, physicalId, 'CREATE_IN_PROGRESS', 'Resource creation Initiated');
    }
    this.keep(logicalId, wanted, wanted.properties, made, before ? 'UPDATE_COMPLETE' : 'CREATE_COMPLETE');
  }

  private keep(
    logicalId: string,
    { type, deletionPolicy, updateReplacePolicy }: Omit<StackResource, 'status' | 'time' | 'physicalId'>,
    properties: Properties,
    { physicalId, attributes }: Created,
    status: ResourceStatus,
  ): void {
    this.stack.resources[logicalId] = {
      type,
      physicalId,
      attributes,
      properties,
      deletionPolicy,
      updateReplacePolicy,
      status,
      time: this.stacks.now(),
    };
    this.event(logicalId, type, physicalId, status);
  }

  /** Deletes what a failed creation of a paused operation made, before the creation is tried again. */
  private async discard(logicalId: string): Promise<void> {
    await this.remove({ logicalId, resource: this.stack.resources[logicalId]!, policy: 'Delete' });
    const { steps } = this.operation;
    const index = steps.findLastIndex((step) => step.logicalId === logicalId && step.made);
    const [step] = steps.splice(index, 1);
    if (step?.before) this.stack.resources[logicalId] = step.before;
    else delete this.stack.resources[logicalId];
  }

  /** Leaves a custom resource to be deleted if its provider has replaced it, and not one that is the stack's again. */
  private replaced(logicalId: string, before: StackResource, physicalId: string): void {
    if (before.physicalId === physicalId) return;
    const { operation } = this;
    const now = { ...before, physicalId };
    operation.leftovers = operation.leftovers.filter(({ resource }) => !isSame(resource, now));
    operation.leftovers.push({ logicalId, resource: before, policy: before.updateReplacePolicy });
    this.event(logicalId, before.type, physicalId, 'UPDATE_IN_PROGRESS', REPLACED);
  }

  private mark(logicalId: string, resource: StackResource, status: ResourceStatus, error: unknown): void {
    const time = this.stacks.now();
    this.stack.resources[logicalId] = { ...resource, status, reason: messageOf(error), time };
  }

  private failed(
    logicalId: string,
    type: string,
    physicalId: string | undefined,
    verb: 'create' | 'update' | 'delete' | 'import',
    error: unknown,
  ): Error {
    const cancelled = error instanceof Interrupted;
    const reason = cancelled ? CANCELLED[verb] : messageOf(error);
    if (reason !== undefined) this.event(logicalId, type, physicalId ?? '', FAILED[verb], reason);
    return cancelled ? error : new ResourceFailure(logicalId, verb, reason!);
  }

  private typeOf(name: string): ResourceType | undefined {
    return findType(this.stacks.cloud.services.resourceTypes, name);
  }

  private context(logicalId: string, type: string): ResourceContext {
    const { signal, caller } = this;
    return {
      ...{ cloud: this.stacks.cloud, caller, stackName: this.stack.name, logicalId, made: () => undefined },
      operation: { stackId: this.stack.id, type, signal },
    };
  }

  private event(id: string, type: string, physicalId: string, status: ResourceStatus, reason?: string): void {
    this.stacks.addEvent(this.stack, id, type, physicalId, status, reason);
  }
}

interface Policies {
  deletionPolicy: RemovalPolicy;
  updateReplacePolicy: RemovalPolicy;
}

function samePolicies(a: Policies, b: Policies): boolean {
  return a.deletionPolicy === b.deletionPolicy && a.updateReplacePolicy === b.updateReplacePolicy;
}

/** Refuses properties that the type's schema or the service's model does not allow. @throws Error with AWS's message */
function assertAllowed(logicalId: string, type: string, properties: Properties): void {
  const reason = propertyRefusal(logicalId, propertyProblems(type, properties));
  if (reason !== undefined) throw new Error(reason);
}
