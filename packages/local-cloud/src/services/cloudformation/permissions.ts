import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Principal } from '../../core/principals';
import type { Call, Permission, Service } from '../../core/service';
import { passTo } from '../../core/pass-role';
import type { Stacks } from './stacks';

const SESSION = 'AWSCloudFormation';

/** Returns the principal that creates resources: the stack's role, or the caller. */
export function principalOf(cloud: Cloud, roleArn: string | undefined, { principal }: Call): Principal {
  return roleArn === undefined ? principal : cloud.principals.role(roleArn, SESSION);
}

/**
 * Checks that CloudFormation may assume a role: the role's trust policy decides.
 *
 * @throws ServiceError ValidationError
 */
export async function assertAssumable(cloud: Cloud, RoleArn: string | undefined): Promise<void> {
  if (RoleArn === undefined) return;
  const caller = { principal: cloud.principals.service('cloudformation.amazonaws.com') };
  await cloud
    .call('sts', 'AssumeRole', { RoleArn, RoleSessionName: SESSION }, caller)
    .catch((error: unknown) => {
      if (!(error instanceof ServiceError)) throw error;
      throw new ServiceError('ValidationError', `Role ${RoleArn} is invalid or cannot be assumed`);
    });
}

/** Returns actions and resources as in the service authorization reference of CloudFormation. */
export function permissions(stacks: Stacks): Service<'cloudformation'>['permissions'] {
  const { cloud } = stacks;
  const stackArn = (nameOrId?: string) => {
    if (nameOrId === undefined) return '*';
    if (nameOrId.startsWith('arn:')) return nameOrId;
    return stacks.find(nameOrId)?.id ?? cloud.arn('cloudformation', `stack/${nameOrId}/*`);
  };
  const on = (operation: string) => (input: { StackName?: string }) => ({
    action: `cloudformation:${operation}`,
    resources: [stackArn(input.StackName)],
  });
  const onChangeSet = (operation: string) => (input: { StackName?: string; ChangeSetName?: string }) => {
    const named = input.ChangeSetName?.startsWith('arn:') ? input.ChangeSetName : undefined;
    const stack = stacks
      .existing()
      .find(({ changeSets }) => changeSets.some(({ id }) => named !== undefined && id === named));
    const resources = [stackArn(input.StackName ?? stack?.id)];
    return { action: `cloudformation:${operation}`, resources };
  };
  const passing =
    (operation: string) =>
    (input: { StackName?: string; RoleARN?: string }): Permission[] => {
      const needed: Permission[] = [on(operation)(input)];
      if (input.RoleARN === undefined) return needed;
      return [...needed, passTo(input.RoleARN, 'cloudformation.amazonaws.com')];
    };
  return {
    ContinueUpdateRollback: passing('ContinueUpdateRollback'),
    CreateChangeSet: passing('CreateChangeSet'),
    CreateStack: passing('CreateStack'),
    DeleteChangeSet: onChangeSet('DeleteChangeSet'),
    DeleteStack: passing('DeleteStack'),
    DescribeChangeSet: onChangeSet('DescribeChangeSet'),
    DescribeEvents: on('DescribeEvents'),
    DescribeStackEvents: on('DescribeStackEvents'),
    DescribeStackResource: on('DescribeStackResource'),
    DescribeStackResources: on('DescribeStackResources'),
    DescribeStacks: on('DescribeStacks'),
    ExecuteChangeSet: onChangeSet('ExecuteChangeSet'),
    GetTemplate: on('GetTemplate'),
    GetTemplateSummary: on('GetTemplateSummary'),
    ListChangeSets: on('ListChangeSets'),
    ListStackResources: on('ListStackResources'),
    RollbackStack: passing('RollbackStack'),
    UpdateStack: passing('UpdateStack'),
    UpdateTerminationProtection: on('UpdateTerminationProtection'),
  };
}
