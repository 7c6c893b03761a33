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
  const StackName = stack.StackId!;
  const { StackEvents = [] } = await cloud.call(
    'cloudformation',
    'DescribeStackEvents',
    { StackName },
    caller,
  );
  const start = StackEvents.findIndex(
    ({ ResourceStatus, PhysicalResourceId }) =>
      PhysicalResourceId === StackName && /^(CREATE|UPDATE)_IN_PROGRESS$/.test(ResourceStatus!),
  );
  const events = StackEvents.slice(0, start).reverse();
  const isFailure = ({ ResourceStatus }: StackEvent) => ResourceStatus!.endsWith('_FAILED');
  const first = events.find(isFailure);
  if (first && first.PhysicalResourceId !== StackName)
    return `resource ${first.LogicalResourceId} (${first.ResourceType}): ${first.ResourceStatusReason}`;
  const failed = events.find(({ ResourceStatusReason }) => ResourceStatusReason);
  return `${stack.StackStatus}: ${failed?.ResourceStatusReason ?? 'without a reason'}`;
}
