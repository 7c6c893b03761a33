import { ServiceError } from '../../core/errors';
import type { Principal } from '../../core/principals';
import type { Caller, Input } from '../../core/service';
import { constraint, invalidParameter } from './settings';

/** A statement of a function's resource policy, in IAM's own form. */
export interface Statement {
  Sid: string;
  Effect: 'Allow';
  Principal: '*' | { Service: string } | { AWS: string };
  Action: string;
  Resource: string;
  Condition?: {
    ArnLike?: { 'AWS:SourceArn': string };
    StringEquals?: { 'AWS:SourceAccount': string };
  };
}

/** A service that calls for one of its resources, which a resource policy sees as `aws:SourceArn`. */
export interface ServiceCaller extends Caller {
  sourceArn: string;
}

/** The statement that AddPermission adds. */
export function statementFor(input: Input<'lambda', 'AddPermission'>, functionArn: string): Statement {
  const { StatementId = '', Action = '', Principal: who = '', SourceArn, SourceAccount } = input;
  if (!/^[\w-]{1,100}$/.test(StatementId)) {
    throw constraint(
      StatementId,
      'statementId',
      'Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)',
    );
  }
  if (!/^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/.test(Action)) {
    throw constraint(
      Action,
      'action',
      'Member must satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])',
    );
  }
  for (const name of [
    'EventSourceToken',
    'PrincipalOrgID',
    'FunctionUrlAuthType',
    'InvokedViaFunctionUrl',
  ] as const) {
    if (input[name] !== undefined)
      throw invalidParameter(`${name} is not supported by the local cloud; leave it out.`);
  }
  const condition = {
    ...(SourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': SourceArn } }),
    ...(SourceAccount !== undefined && { StringEquals: { 'AWS:SourceAccount': SourceAccount } }),
  };
  return {
    ...{ Sid: StatementId, Effect: 'Allow', Principal: principalOf(who), Action, Resource: functionArn },
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}

function principalOf(who: string): Statement['Principal'] {
  if (who === '*') return who;
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/.test(who)) return { Service: who };
  if (/^\d{12}$/.test(who)) return { AWS: `arn:aws:iam::${who}:root` };
  if (/^arn:aws[a-z-]*:(iam|sts)::\d{12}:/.test(who)) return { AWS: who };
  throw invalidParameter(
    `The provided principal was invalid: '${who}'. Please check the principal and try again.`,
  );
}

/**
 * Throws what Lambda answers where no statement lets the service invoke the function. Roles and users of the
 * account need none: their own policies decide.
 */
export function assertMayInvoke(
  { arn, policy }: { arn: string; policy: readonly Statement[] },
  principal: Principal,
  sourceArn: string | undefined,
): void {
  if (principal.kind !== 'service' || policy.some((statement) => allows(statement, principal, sourceArn)))
    return;
  const message =
    `User: ${principal.arn} is not authorized to perform: lambda:InvokeFunction on resource: ${arn} because no ` +
    `resource-based policy allows the lambda:InvokeFunction action for ${sourceArn ?? 'a call without a source'}`;
  throw new ServiceError('AccessDeniedException', message, { status: 403 });
}

function allows(statement: Statement, { arn: service, account }: Principal, sourceArn?: string): boolean {
  const { Principal: who, Action, Condition: condition } = statement;
  const pattern = condition?.ArnLike?.['AWS:SourceArn'];
  const sourceAccount = condition?.StringEquals?.['AWS:SourceAccount'];
  return (
    (who === '*' || ('Service' in who && who.Service === service)) &&
    ['*', 'lambda:*', 'lambda:InvokeFunction'].includes(Action) &&
    (pattern === undefined || (sourceArn !== undefined && isArnLike(sourceArn, pattern))) &&
    (sourceAccount === undefined || sourceAccount === account)
  );
}

/** IAM's ArnLike: six parts, `*` and `?` each within its own part. */
function isArnLike(arn: string, pattern: string): boolean {
  const [parts, patterns] = [arn, pattern].map((text) => {
    const words = text.split(':');
    return [...words.slice(0, 5), words.slice(5).join(':')];
  }) as [string[], string[]];
  return patterns.every((part, i) => {
    const escaped = part
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return new RegExp(`^${escaped}$`, 's').test(parts[i]!);
  });
}
