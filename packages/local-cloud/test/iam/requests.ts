import {
  evaluate,
  Policy,
  type AccessRequest,
  type ConditionContext,
  type RequestPrincipal,
} from '../../src/iam';

export const ACCOUNT = '123456789012';
export const OTHER_ACCOUNT = '210987654321';
export const OBJECT = 'arn:aws:s3:::data/train/a.csv';

export const USER: RequestPrincipal = {
  kind: 'user',
  arn: `arn:aws:iam::${ACCOUNT}:user/ann`,
  account: ACCOUNT,
};
export const ROLE: RequestPrincipal = {
  kind: 'role',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Trainer/job-1`,
  roleArn: `arn:aws:iam::${ACCOUNT}:role/team/Trainer`,
  account: ACCOUNT,
};
export const EVENTS: RequestPrincipal = { kind: 'service', arn: 'events.amazonaws.com', account: ACCOUNT };

export const ANONYMOUS: RequestPrincipal = { kind: 'anonymous', arn: 'anonymous', account: 'anonymous' };

export type Json = Record<string, unknown>;

/** Returns a request that reads an object, with changes. */
export function request(changes: Partial<AccessRequest> = {}): AccessRequest {
  return { principal: ROLE, action: 's3:GetObject', resource: OBJECT, context: {}, ...changes };
}

export function identityPolicy(...statements: Json[]): Policy {
  return Policy.parse('Identity', { Version: '2012-10-17', Statement: statements }, 'identity');
}

export function resourcePolicy(...statements: Json[]): Policy {
  return Policy.parse('Resource', { Version: '2012-10-17', Statement: statements }, 'resource');
}

/** Returns true if an identity's Allow on everything holds under a condition. */
export function holds(condition: Json, context: ConditionContext, version = '2012-10-17'): boolean {
  const document = {
    Version: version,
    Statement: { Effect: 'Allow', Action: '*', Resource: '*', Condition: condition },
  };
  return evaluate(request({ context }), { identity: [Policy.parse('P', document, 'identity')] }).allowed;
}
