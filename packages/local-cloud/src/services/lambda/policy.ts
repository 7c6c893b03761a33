import type { Input } from '../../core/service';
import { invalidParameter } from './settings';

/** A statement of a function's resource policy, in IAM's format. */
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

/** Returns the statement that AddPermission adds. */
export function statementFor(input: Input<'lambda', 'AddPermission'>, functionArn: string): Statement {
  const { StatementId = '', Action = '', Principal: who = '', SourceArn, SourceAccount } = input;
  for (const name of [
    'EventSourceToken',
    'PrincipalOrgID',
    'FunctionUrlAuthType',
    'InvokedViaFunctionUrl',
  ] as const) {
    if (input[name] !== undefined)
      throw invalidParameter(`${name} is not supported by the local cloud; remove it.`);
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

/** Returns the policy document of a function's statements, or undefined if it has none. */
export function policyDocument(statements: readonly Statement[]): object | undefined {
  return statements.length === 0
    ? undefined
    : { Version: '2012-10-17', Id: 'default', Statement: statements };
}
