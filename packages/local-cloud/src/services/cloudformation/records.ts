import type { Principal } from '../../core/principals';
import type { ResourceChange } from '../../templates/changes';
import type { StackParameter } from '../../templates/parameters';
import type { Properties } from '../../core/resource-type';
import type { StackOutput } from '../../templates/scope';
import type { RemovalPolicy } from '../../templates/template';

/** The stored records of stacks: plain JSON, with times as ISO 8601 text. */

export type StackStatus =
  | 'REVIEW_IN_PROGRESS'
  | `CREATE_${'IN_PROGRESS' | 'FAILED' | 'COMPLETE'}`
  | `ROLLBACK_${'IN_PROGRESS' | 'FAILED' | 'COMPLETE'}`
  | `DELETE_${'IN_PROGRESS' | 'FAILED' | 'COMPLETE'}`
  | `IMPORT_${'IN_PROGRESS' | 'COMPLETE' | 'ROLLBACK_IN_PROGRESS' | 'ROLLBACK_COMPLETE'}`
  | `UPDATE_${'IN_PROGRESS' | 'FAILED' | 'COMPLETE_CLEANUP_IN_PROGRESS' | 'COMPLETE'}`
  | `UPDATE_ROLLBACK_${'IN_PROGRESS' | 'FAILED' | 'COMPLETE_CLEANUP_IN_PROGRESS' | 'COMPLETE'}`;

export type ResourceStatus =
  | `${'CREATE' | 'UPDATE' | 'DELETE' | 'IMPORT'}_${'IN_PROGRESS' | 'FAILED' | 'COMPLETE'}`
  | 'DELETE_SKIPPED';

export interface Tag {
  Key: string;
  Value: string;
}

/** A stack's definition: the part of it that an update replaces and a rollback restores. */
export interface StackDefinition {
  templateBody: string;
  parameters: StackParameter[];
  capabilities: string[];
  tags: Tag[];
  description?: string;
  /** The role that creates the resources. */
  roleArn?: string;
  outputs: StackOutput[];
  /** Names of other stacks' exports that the stack uses. */
  imports: string[];
}

export interface StackResource {
  type: string;
  physicalId: string;
  attributes?: Record<string, unknown>;
  properties: Properties;
  deletionPolicy: RemovalPolicy;
  updateReplacePolicy: RemovalPolicy;
  status: ResourceStatus;
  reason?: string;
  time: string;
}

/** A step of an operation, with the facts to undo it. */
export interface UndoStep {
  logicalId: string;
  /** The resource before the step; absent if the operation added it. */
  before?: StackResource;
  /** True if the operation made a new physical resource: an addition or a replacement. */
  made: boolean;
}

/** A physical resource that no longer belongs to its stack and must be deleted. */
export interface Leftover {
  logicalId: string;
  resource: StackResource;
  policy: RemovalPolicy;
}

/** An existing resource that a stack imports. */
export interface ImportedResource {
  logicalId: string;
  /** Value of the property that identifies it. */
  id: string;
}

/** An operation in progress or paused, with all facts to finish or to undo it, in this process or the next. */
export interface StackOperation {
  id: string;
  token?: string;
  /** The principal of the operation: the stack's role, or the caller. */
  principal: Principal;
  /** The stack before the operation; absent while it is created. */
  before?: StackDefinition;
  steps: UndoStep[];
  leftovers: Leftover[];
  disableRollback: boolean;
  retainExceptOnCreate: boolean;
  /** Resources that an import adds. */
  adoptions?: ImportedResource[];
  /** Logical ids that a deletion retains. */
  retained?: string[];
}

export interface StackEvent {
  id: string;
  operationId: string;
  token?: string;
  time: string;
  logicalId: string;
  physicalId: string;
  type: string;
  status: StackStatus | ResourceStatus;
  reason?: string;
}

export interface ChangeSet {
  id: string;
  name: string;
  type: 'CREATE' | 'UPDATE' | 'IMPORT';
  /** Of an import. */
  adoptions?: ImportedResource[];
  description?: string;
  created: string;
  status: 'CREATE_COMPLETE' | 'FAILED';
  reason?: string;
  executionStatus:
    | 'AVAILABLE'
    | 'UNAVAILABLE'
    | 'EXECUTE_IN_PROGRESS'
    | 'EXECUTE_COMPLETE'
    | 'EXECUTE_FAILED';
  includeNestedStacks: boolean;
  definition: StackDefinition;
  changes: ResourceChange[];
}

export interface Stack {
  id: string;
  name: string;
  status: StackStatus;
  reason?: string;
  created: string;
  updated?: string;
  deleted?: string;
  changeSetId?: string;
  terminationProtection: boolean;
  disableRollback: boolean;
  definition: StackDefinition;
  /** Resources in the order of their creation. */
  resources: Record<string, StackResource>;
  changeSets: ChangeSet[];
  /** Events, oldest first. */
  events: StackEvent[];
  /** The operation in progress, also kept after a failure that can still be rolled back. */
  operation?: StackOperation;
}

/** Returns true for two records of one physical resource. */
export function isSame(a: StackResource, b: StackResource | undefined): boolean {
  return a.type === b?.type && a.physicalId === b.physicalId;
}
