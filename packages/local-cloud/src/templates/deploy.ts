import type { Stack, StackEvent } from '@aws-sdk/client-cloudformation';
import type { Cloud } from '../core/cloud';
import { ServiceError } from '../model/errors';
import type { Caller } from '../core/service';
import { publish } from './assets';
import { readAssembly } from './assembly';
import type { GivenParameter } from './parameters';

export interface StackRequest {
  stackName: string;
  source: { TemplateBody: string } | { TemplateURL: string };
  parameters: GivenParameter[];
  tags: Readonly<Record<string, string>>;
  terminationProtection: boolean;
}

/** The statuses of a stack that was never deployed, or only reviewed: it is deleted first, as the CDK CLI does. */
const BEFORE_CREATION = ['REVIEW_IN_PROGRESS', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED'];

/**
 * Deploys every stack of a cloud assembly through CloudFormation's API, as the CDK CLI does, in this process.
 *
 * @returns the outputs of all stacks
 * @throws Error that names stack, resource and reason
 */
export async function deployAssembly(
  cloud: Cloud,
  caller: Caller,
  directory: string,
): Promise<Record<string, string>> {
  const outputs: Record<string, string> = {};
  for (const { stackName, templateAsset, templateBody, tags, terminationProtection, files } of readAssembly(
    directory,
    cloud,
  )) {
    await publish(cloud, caller, files);
    const source = templateAsset ? { TemplateURL: templateAsset } : { TemplateBody: templateBody };
    const request = { stackName, source, parameters: [], tags, terminationProtection };
    const stack = await deployStack(cloud, caller, request);
    for (const { OutputKey, OutputValue } of stack.Outputs ?? []) outputs[OutputKey!] = OutputValue!;
  }
  return outputs;
}

/** Creates or updates one stack, and waits until the operation has succeeded. */
export async function deployStack(cloud: Cloud, caller: Caller, request: StackRequest): Promise<Stack> {
  const { stackName: StackName, source, parameters: Parameters, tags, terminationProtection } = request;
  let existing = await find(cloud, caller, StackName);
  if (existing && BEFORE_CREATION.includes(existing.StackStatus!)) {
    await cloud.call('cloudformation', 'DeleteStack', { StackName }, caller);
    await settled(cloud, caller, existing.StackId!);
    existing = await find(cloud, caller, StackName);
  }
  const definition = {
    StackName,
    ...source,
    Parameters,
    Capabilities: ['CAPABILITY_NAMED_IAM' as const],
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  };
  const id = existing ? await update(cloud, caller, definition) : await create(cloud, caller, definition);
  const stack = await settled(cloud, caller, id ?? existing!.StackId!);
  if (id !== undefined && !['CREATE_COMPLETE', 'UPDATE_COMPLETE'].includes(stack.StackStatus!))
    throw new Error(`stack ${StackName}, ${await failure(cloud, caller, stack)}`);
  if (stack.EnableTerminationProtection !== terminationProtection) {
    const protection = { StackName, EnableTerminationProtection: terminationProtection };
    await cloud.call('cloudformation', 'UpdateTerminationProtection', protection, caller);
  }
  return stack;
}

type Definition = { StackName: string };

async function create(cloud: Cloud, caller: Caller, definition: Definition): Promise<string | undefined> {
  return (await cloud.call('cloudformation', 'CreateStack', definition, caller)).StackId;
}

/**
 * Updates a stack.
 *
 * @returns the stack's id; undefined if there was nothing to update
 */
async function update(cloud: Cloud, caller: Caller, definition: Definition): Promise<string | undefined> {
  try {
    return (await cloud.call('cloudformation', 'UpdateStack', definition, caller)).StackId;
  } catch (error) {
    if (error instanceof ServiceError && error.message === 'No updates are to be performed.')
      return undefined;
    throw error;
  }
}

async function find(cloud: Cloud, caller: Caller, StackName: string): Promise<Stack | undefined> {
  try {
    return (await cloud.call('cloudformation', 'DescribeStacks', { StackName }, caller)).Stacks?.[0];
  } catch (error) {
    if (error instanceof ServiceError && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

/**
 * Waits for the end of the stack's operation. DescribeStacks answers when the operation has ended, or after a while, so
 * the loop does not sleep.
 */
async function settled(cloud: Cloud, caller: Caller, StackName: string): Promise<Stack> {
  for (;;) {
    const stack = (await find(cloud, caller, StackName))!;
    if (!stack.StackStatus!.endsWith('_IN_PROGRESS')) return stack;
  }
}

/** Returns the first failure of the latest operation. */
async function failure(cloud: Cloud, caller: Caller, stack: Stack): Promise<string> {
  const events = await latestEvents(cloud, caller, stack.StackId!);
  const ofStack = ({ PhysicalResourceId }: StackEvent) => PhysicalResourceId === stack.StackId;
  const first = events.find((event) => event.ResourceStatus!.endsWith('_FAILED') && !ofStack(event));
  if (first)
    return `resource ${first.LogicalResourceId} (${first.ResourceType}): ${first.ResourceStatusReason}`;
  // Without a resource that failed: an export in use, for example.
  const failed = events.find((event) => ofStack(event) && event.ResourceStatusReason);
  return `${stack.StackStatus}: ${failed?.ResourceStatusReason ?? 'without a reason'}`;
}

/** Returns the events of the latest operation, in their order, without the first one. */
async function latestEvents(cloud: Cloud, caller: Caller, StackName: string): Promise<StackEvent[]> {
  const isStart = ({ ResourceStatus, PhysicalResourceId }: StackEvent) =>
    PhysicalResourceId === StackName && /^(CREATE|UPDATE)_IN_PROGRESS$/.test(ResourceStatus!);
  const events: StackEvent[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cloud.call('cloudformation', 'DescribeStackEvents', { StackName, NextToken }, caller);
    events.push(...(page.StackEvents ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined && !events.some(isStart));
  return events.slice(0, events.findIndex(isStart)).reverse();
}
