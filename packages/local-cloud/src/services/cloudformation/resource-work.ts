import { resolve, type Scope } from '../../templates/intrinsics';
import { propertyProblems, propertyRefusal } from '../../facts/resource-constraints';
import { typedProperties } from '../../facts/resource-values';
import { changedProperties } from '../../templates/changes';
import { ServiceError } from '../../model/errors';
import { assertChangeable, mustReplace } from '../../templates/replacement';
import type { Created, Properties, ResourceContext, ResourceType } from '../../core/resource-type';
import type { RemovalPolicy } from '../../templates/template';
import type { Caller } from '../../core/service';
import type {
  ImportedResource,
  Leftover,
  ResourceStatus,
  Stack,
  StackOperation,
  StackResource,
} from './records';
import type { Stacks } from './stacks';

/** A resource could not be created, changed or deleted; its event has the reason. */
export class ResourceFailure extends Error {
  constructor(
    readonly logicalId: string,
    readonly verb: 'create' | 'update' | 'delete' | 'import',
    reason: string,
  ) {
    super(reason);
  }
}

const FAILED = {
  create: 'CREATE_FAILED',
  update: 'UPDATE_FAILED',
  delete: 'DELETE_FAILED',
  import: 'IMPORT_FAILED',
} as const;

const REPLACING = 'Requested update requires the creation of a new physical resource; hence creating one.';

/** Creates, changes and deletes single resources of a stack, and adds each step to the stack's events. */
export class ResourceWork {
  constructor(
    private readonly stacks: Stacks,
    private readonly stack: Stack,
    private readonly operation: StackOperation,
    private readonly caller: Caller,
  ) {}

  /**
   * Updates one resource to the template, and records the facts to undo it.
   *
   * @throws ResourceFailure
   */
  async apply(logicalId: string, scope: Scope): Promise<void> {
    const definition = scope.template.Resources[logicalId]!;
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
      const found = await this.stacks.cloud.services.resourceTypes[type]!.adopt!.find(
        id,
        this.context(logicalId),
      );
      const policies = { deletionPolicy: DeletionPolicy, updateReplacePolicy: UpdateReplacePolicy };
      this.keep(logicalId, { type, properties, ...policies }, properties, found, 'IMPORT_COMPLETE');
    } catch (error) {
      throw this.failed(logicalId, type, id, 'import', error);
    }
  }

  /** Changes a resource in place: to new properties, or back to its earlier ones. */
  async update(logicalId: string, resource: StackResource, properties: Properties): Promise<void> {
    const { type, physicalId } = resource;
    this.event(logicalId, type, physicalId, 'UPDATE_IN_PROGRESS');
    let begun = false;
    try {
      const definition = this.stacks.cloud.services.resourceTypes[type]!;
      const names = changedProperties(resource.properties, properties);
      assertChangeable(type, definition, names);
      assertAllowed(logicalId, type, properties);
      begun = true;
      const current = this.stack.resources[logicalId] ?? resource;
      // A type that cannot be updated gets here only on its way back from a refused change: it has these properties.
      const changed = definition.update
        ? await definition.update(properties, this.context(logicalId), current)
        : current;
      this.keep(logicalId, resource, properties, changed, 'UPDATE_COMPLETE');
    } catch (error) {
      // The change may have been made in part: undoing it starts from the requested properties. A refused change was not
      // begun: undoing it must not be refused too.
      const reached = begun && !isRefusal(error) ? properties : resource.properties;
      this.mark(logicalId, { ...resource, properties: reached }, 'UPDATE_FAILED', error);
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
      await this.stacks.cloud.services.resourceTypes[type]?.delete(resource, this.context(logicalId));
      this.event(logicalId, type, physicalId, 'DELETE_COMPLETE');
    } catch (error) {
      // The logical id may have another resource now.
      const current = this.stack.resources[logicalId];
      if (current?.physicalId === physicalId) this.mark(logicalId, current, 'DELETE_FAILED', error);
      throw this.failed(logicalId, type, physicalId, 'delete', error);
    }
  }

  private async make(
    logicalId: string,
    wanted: Pick<StackResource, 'type' | 'properties' | 'deletionPolicy' | 'updateReplacePolicy'>,
    before: StackResource | undefined,
  ): Promise<void> {
    const type = this.stacks.cloud.services.resourceTypes[wanted.type]!;
    if (before) this.event(logicalId, wanted.type, before.physicalId, 'UPDATE_IN_PROGRESS', REPLACING);
    else this.event(logicalId, wanted.type, '', 'CREATE_IN_PROGRESS');
    let made: Created | undefined;
    try {
      assertAllowed(logicalId, wanted.type, wanted.properties);
      made = await type.create(wanted.properties, {
        ...this.context(logicalId),
        made: (created) => (made = created),
      });
    } catch (error) {
      const leftOver = made && (await this.discard(logicalId, type, made, wanted.properties));
      const reason = leftOver ? `${messageOf(error)} (${leftOver})` : error;
      throw this.failed(logicalId, wanted.type, made?.physicalId, before ? 'update' : 'create', reason);
    }
    this.operation.steps.push({ logicalId, before, made: true });
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

  /**
   * Deletes a resource whose creation failed after it was made.
   *
   * @returns the failure of the deletion, if any
   */
  private async discard(
    logicalId: string,
    type: ResourceType,
    made: Created,
    properties: Properties,
  ): Promise<string | undefined> {
    try {
      await type.delete({ ...made, properties }, this.context(logicalId));
      return undefined;
    } catch (error) {
      return `${made.physicalId} was made and could not be deleted: ${messageOf(error)}`;
    }
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
  ): ResourceFailure {
    const reason = messageOf(error);
    this.event(logicalId, type, physicalId ?? '', FAILED[verb], reason);
    return new ResourceFailure(logicalId, verb, reason);
  }

  private context(logicalId: string): ResourceContext {
    const { cloud } = this.stacks;
    return { cloud, caller: this.caller, stackName: this.stack.name, logicalId, made: () => undefined };
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

/**
 * Returns true for errors of handlers that refuse a change before they make any of it: `notSupported`, and
 * CloudFormation's InvalidRequest for properties that cannot change.
 */
function isRefusal(error: unknown): boolean {
  return error instanceof ServiceError && ['NotImplemented', 'InvalidRequest'].includes(error.code);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
