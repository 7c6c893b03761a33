import {
  CloudFormationClient,
  paginateDescribeStackEvents,
  paginateListStackResources,
  paginateListStacks,
} from '@aws-sdk/client-cloudformation';

/** A resource of a stack, or one that a stack left behind. */
export interface StackResource {
  readonly type: string;
  /** Name, ID or ARN, by type. */
  readonly physicalId: string;
}

export interface StackHistory {
  /** Names of the stacks that exist. */
  readonly stacks: readonly string[];
  /** Resources that a stack kept when it was deleted or changed, and that no stack has now. */
  readonly retained: readonly StackResource[];
  /** IDs of the REST APIs of all stacks, deleted ones too. */
  readonly restApis: readonly string[];
  /** Physical ids of what the stacks own now. */
  readonly owned: ReadonlySet<string>;
}

/**
 * Reads the pipeline's stacks, also the deleted ones: CloudFormation keeps their events for 90 days.
 *
 * @param prefix the pipeline's resource prefix
 */
export async function stackHistory(
  prefix: string,
  client = new CloudFormationClient(),
): Promise<StackHistory> {
  const stacks: string[] = [];
  const owned = new Set<string>();
  const kept = new Map<string, StackResource>();
  const restApis = new Set<string>();
  for await (const { StackSummaries = [] } of paginateListStacks({ client }, {}))
    for (const { StackName, StackId, StackStatus } of StackSummaries) {
      if (!isOfPipeline(StackName!, prefix)) continue;
      if (StackStatus !== 'DELETE_COMPLETE') {
        stacks.push(StackName!);
        for await (const page of paginateListStackResources({ client }, { StackName: StackId! }))
          for (const { PhysicalResourceId } of page.StackResourceSummaries ?? [])
            owned.add(PhysicalResourceId!);
      }
      for await (const { StackEvents = [] } of paginateDescribeStackEvents(
        { client },
        { StackName: StackId! },
      ))
        for (const {
          ResourceType: type = '',
          PhysicalResourceId: physicalId,
          ResourceStatus,
        } of StackEvents) {
          if (!physicalId) continue;
          if (type === 'AWS::ApiGateway::RestApi') restApis.add(physicalId);
          if (ResourceStatus === 'DELETE_SKIPPED') kept.set(physicalId, { type, physicalId });
        }
    }
  const retained = [...kept.values()].filter(({ physicalId }) => !owned.has(physicalId));
  return { stacks: stacks.sort(), retained: retained.sort(byId), restApis: [...restApis].sort(), owned };
}

const byId = (a: StackResource, b: StackResource) => (a.physicalId < b.physicalId ? -1 : 1);

/** Another pipeline's prefix may begin with this one's, so the rest of the name counts. */
function isOfPipeline(stack: string, prefix: string): boolean {
  if (!stack.startsWith(`${prefix}-`)) return false;
  const rest = stack.slice(prefix.length + 1);
  return ['Storage', 'Pipeline', 'Inference'].includes(rest) || /^Network-/.test(rest);
}
