import { type Cloud, Roles, type StoredRole } from 'local-cloud/testing';

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource?: string | string[];
}

/** One permission: an action on a resource, or a service that may assume a role or invoke a function. */
export interface Grant {
  /** Construct path of the role or function without separators, such as `RunTrainJobRole`. */
  holder: string;
  action: string;
  /** The resource of the policy, with logical ids in place of physical names. */
  resource: string;
  /** Revokes the grant; returns the function that restores it. */
  revoke(): Promise<() => Promise<void>>;
}

/** Logical ids by physical id. */
export type LogicalIds = ReadonlyMap<string, string>;

export const describe = ({ holder, action, resource }: Grant) => `${holder}: ${action} on ${resource}`;

/** Returns the grants of the account's own roles, without AWS managed policies. */
export function grantsOfRoles(cloud: Cloud, ids: LogicalIds): Grant[] {
  const roles = new Roles(cloud);
  return roles.names().flatMap((name) => {
    const logicalId = ids.get(name);
    if (logicalId === undefined) return [];
    const role = roles.find(name)!;
    const holder = withoutHash(logicalId);
    const swap = (changed: StoredRole) => async () => {
      roles.put(name, changed);
      return async () => roles.put(name, role);
    };
    const trusted = (role.trustPolicy as { Statement: { Principal: { Service: string } }[] }).Statement;
    return [
      ...trusted.map(({ Principal }) => ({
        ...{ holder, action: 'sts:AssumeRole', resource: `by ${Principal.Service}` },
        revoke: swap({ ...role, trustPolicy: withoutTrust(role.trustPolicy) }),
      })),
      ...Object.entries(role.policies).flatMap(([policyName, document]) =>
        statementsOf(document).flatMap((statement, index) =>
          pairs(statement).map(([action, resource]) => {
            const Statement = without(statementsOf(document), index, action, resource);
            const { [policyName]: _whole, ...others } = role.policies;
            // A policy document must have a statement.
            const policies =
              Statement.length === 0 ? others : { ...others, [policyName]: { ...document, Statement } };
            return {
              ...{ holder, action, resource: readable(resource, ids) },
              revoke: swap({ ...role, policies }),
            };
          }),
        ),
      ),
    ];
  });
}

/** Returns the permissions to invoke functions. */
export async function grantsOfFunctions(cloud: Cloud, ids: LogicalIds): Promise<Grant[]> {
  const caller = { principal: cloud.principals.operator };
  const { Functions = [] } = await cloud.call('lambda', 'ListFunctions', {}, caller);
  const grants = Functions.map(async ({ FunctionName, FunctionArn }): Promise<Grant[]> => {
    const document = cloud.services.policyOf(FunctionArn!) as { Statement: FunctionStatement[] } | undefined;
    return (document?.Statement ?? []).map((statement) => {
      const { Sid: StatementId, Action, Principal, Condition } = statement;
      const SourceArn = Condition?.ArnLike?.['AWS:SourceArn'];
      return {
        holder: withoutHash(ids.get(FunctionName!) ?? FunctionName!),
        action: Action,
        resource: `by ${Principal.Service} for ${readable(SourceArn ?? '*', ids)}`,
        async revoke() {
          await cloud.call('lambda', 'RemovePermission', { FunctionName, StatementId }, caller);
          const input = { FunctionName, StatementId, Action, Principal: Principal.Service, SourceArn };
          return async () => void (await cloud.call('lambda', 'AddPermission', input, caller));
        },
      };
    });
  });
  return (await Promise.all(grants)).flat();
}

interface FunctionStatement {
  Sid: string;
  Action: string;
  Principal: { Service: string };
  Condition?: { ArnLike?: { 'AWS:SourceArn'?: string } };
}

/** Returns the grants of key policies. */
export async function grantsOfKeys(cloud: Cloud, ids: LogicalIds): Promise<Grant[]> {
  const caller = { principal: cloud.principals.operator };
  const { Keys = [] } = await cloud.call('kms', 'ListKeys', {}, caller);
  const grants = Keys.map(async ({ KeyId }): Promise<Grant[]> => {
    const { Policy = '{}' } = await cloud.call('kms', 'GetKeyPolicy', { KeyId }, caller);
    const document = JSON.parse(Policy) as object;
    return statementsOf(document).flatMap((statement, index) =>
      pairs(statement).map(([action, resource]) => ({
        ...{ holder: withoutHash(ids.get(KeyId!) ?? KeyId!), action, resource },
        async revoke() {
          const Statement = without(statementsOf(document), index, action, resource);
          // The operator keeps access to the key, to restore the policy.
          const keep = {
            Effect: 'Allow',
            Principal: { AWS: caller.principal.arn },
            Action: 'kms:*',
            Resource: '*',
          };
          const changed = JSON.stringify({ ...document, Statement: [...Statement, keep] });
          await cloud.call('kms', 'PutKeyPolicy', { KeyId, Policy: changed }, caller);
          return async () => void (await cloud.call('kms', 'PutKeyPolicy', { KeyId, Policy }, caller));
        },
      })),
    );
  });
  return (await Promise.all(grants)).flat();
}

function statementsOf(document: object): Statement[] {
  return (document as { Statement: Statement[] }).Statement;
}

/** Returns the pairs `[action, resource]` of an Allow statement. */
function pairs({ Effect, Action, Resource = '*' }: Statement): [string, string][] {
  if (Effect !== 'Allow') return [];
  return [Action]
    .flat()
    .flatMap((action) => [Resource].flat().map((resource): [string, string] => [action, resource]));
}

/** Returns the statements without the permission for the action on the resource. */
function without(
  statements: readonly Statement[],
  index: number,
  action: string,
  resource: string,
): Statement[] {
  return statements.flatMap((statement, i) => {
    if (i !== index) return statement;
    const actions = [statement.Action].flat().filter((each) => each !== action);
    const resources = [statement.Resource ?? '*'].flat().filter((each) => each !== resource);
    return [
      ...(actions.length > 0 ? [{ ...statement, Action: actions }] : []),
      ...(resources.length > 0 ? [{ ...statement, Action: action, Resource: resources }] : []),
    ].map((rest, part) => (part > 0 && 'Sid' in rest ? { ...rest, Sid: undefined } : rest));
  });
}

function withoutTrust(trustPolicy: object): object {
  const Principal = { Service: 'none.amazonaws.com' };
  return { ...trustPolicy, Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }] };
}

/** Removes the eight hexadecimal digits at the end of CDK's ids, which change when a construct moves. */
export function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}

function readable(text: string, ids: LogicalIds): string {
  let result = text;
  // The name of the dashboard, for one, is the start of many others.
  const longestFirst = [...ids].sort(([a], [b]) => b.length - a.length);
  for (const [physicalId, logicalId] of longestFirst) {
    result = result.replaceAll(physicalId, withoutHash(logicalId));
  }
  return result;
}
