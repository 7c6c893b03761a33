import type {
  Change,
  DescribeChangeSetOutput,
  ChangeSetSummary,
  Parameter,
  PolicyAction,
  ResourceChangeDetail,
  Stack as StackShape,
  StackEvent as StackEventShape,
  StackResource as StackResourceShape,
  StackSummary,
} from '@aws-sdk/client-cloudformation';
import type { AttributeChange, ResourceChange } from '../../templates/changes';
import type { ChangeSet, Stack, StackDefinition, StackEvent, StackResource } from './records';

/** Stacks, resources, events and change sets in the form of CloudFormation's answers. */

const NOT_CHECKED = { StackDriftStatus: 'NOT_CHECKED' } as const;

const date = (time: string | undefined) => (time === undefined ? undefined : new Date(time));

export function describeStack(stack: Stack): StackShape {
  const { definition } = stack;
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: stack.changeSetId,
    Description: definition.description,
    Parameters: describeParameters(definition),
    CreationTime: date(stack.created),
    LastUpdatedTime: date(stack.updated),
    DeletionTime: date(stack.deleted),
    RollbackConfiguration: {},
    StackStatus: stack.status,
    StackStatusReason: stack.reason,
    DisableRollback: stack.disableRollback,
    NotificationARNs: [],
    Capabilities: definition.capabilities as StackShape['Capabilities'],
    Outputs: definition.outputs.map(({ key, value, description, exportName }) => ({
      OutputKey: key,
      OutputValue: value,
      Description: description,
      ExportName: exportName,
    })),
    RoleARN: definition.roleArn,
    Tags: definition.tags,
    EnableTerminationProtection: stack.terminationProtection,
    DriftInformation: NOT_CHECKED,
  };
}

export function summarizeStack(stack: Stack): StackSummary {
  return {
    StackId: stack.id,
    StackName: stack.name,
    TemplateDescription: stack.definition.description,
    CreationTime: date(stack.created),
    LastUpdatedTime: date(stack.updated),
    DeletionTime: date(stack.deleted),
    StackStatus: stack.status,
    StackStatusReason: stack.reason,
    DriftInformation: NOT_CHECKED,
  };
}

export function describeEvent(stack: Stack, event: StackEvent): StackEventShape {
  return {
    StackId: stack.id,
    EventId: event.id,
    StackName: stack.name,
    OperationId: event.operationId,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: date(event.time),
    ResourceStatus: event.status as StackEventShape['ResourceStatus'],
    ResourceStatusReason: event.reason,
    ClientRequestToken: event.token,
  };
}

export function describeResource(
  stack: Stack,
  logicalId: string,
  resource: StackResource,
): StackResourceShape {
  return {
    StackName: stack.name,
    StackId: stack.id,
    LogicalResourceId: logicalId,
    PhysicalResourceId: resource.physicalId,
    ResourceType: resource.type,
    Timestamp: date(resource.time),
    ResourceStatus: resource.status,
    ResourceStatusReason: resource.reason,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  };
}

export function summarizeChangeSet(stack: Stack, changeSet: ChangeSet): ChangeSetSummary {
  return {
    StackId: stack.id,
    StackName: stack.name,
    ChangeSetId: changeSet.id,
    ChangeSetName: changeSet.name,
    ExecutionStatus: changeSet.executionStatus,
    Status: changeSet.status,
    StatusReason: changeSet.reason,
    CreationTime: date(changeSet.created),
    Description: changeSet.description,
    IncludeNestedStacks: changeSet.includeNestedStacks,
  };
}

export function describeChangeSet(
  stack: Stack,
  changeSet: ChangeSet,
  changes: readonly ResourceChange[],
  withValues: boolean,
): Omit<DescribeChangeSetOutput, 'NextToken'> {
  const { definition } = changeSet;
  return {
    ...summarizeChangeSet(stack, changeSet),
    Parameters: describeParameters(definition),
    NotificationARNs: [],
    RollbackConfiguration: {},
    Capabilities: definition.capabilities as DescribeChangeSetOutput['Capabilities'],
    Tags: definition.tags,
    Changes: changes.map((change) => describeChange(change, withValues)),
  };
}

function describeChange(change: ResourceChange, withValues: boolean): Change {
  const { action, logicalId, physicalId, type, replacement, details } = change;
  return {
    Type: 'Resource',
    ResourceChange: {
      PolicyAction: policyAction(change),
      Action: action,
      LogicalResourceId: logicalId,
      PhysicalResourceId: physicalId,
      ResourceType: type,
      Replacement: replacement,
      Scope: [...new Set(details.map(({ attribute }) => attribute))],
      Details: details.map((detail) => describeDetail(detail, withValues)),
    },
  };
}

function describeDetail(detail: AttributeChange, withValues: boolean): ResourceChangeDetail {
  const { attribute, name, recreation, dynamic, before, after } = detail;
  const values = withValues && {
    Path: name === undefined ? `/${attribute}` : `/${attribute}/${name}`,
    BeforeValue: text(before),
    AfterValue: text(after),
    AttributeChangeType:
      before === undefined
        ? ('Add' as const)
        : after === undefined
          ? ('Remove' as const)
          : ('Modify' as const),
  };
  return {
    Target: { Attribute: attribute, Name: name, RequiresRecreation: recreation, ...values },
    Evaluation: dynamic ? 'Dynamic' : 'Static',
    ChangeSource: dynamic ? 'ResourceReference' : 'DirectModification',
  };
}

/** Returns the policy's effect on the physical resource. */
function policyAction({ action, replacement, removal }: ResourceChange): PolicyAction | undefined {
  const keeps = removal !== undefined && removal !== 'Delete';
  if (action === 'Remove') return keeps ? 'Retain' : 'Delete';
  if (replacement !== 'True') return undefined;
  return keeps ? 'ReplaceAndRetain' : 'ReplaceAndDelete';
}

function text(value: unknown): string | undefined {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}

function describeParameters({ parameters }: StackDefinition): Parameter[] {
  return parameters.map(({ key, value, resolved, hidden }) => ({
    ParameterKey: key,
    ParameterValue: hidden ? '****' : value,
    ResolvedValue: resolved,
  }));
}
