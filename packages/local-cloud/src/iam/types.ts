/** Condition keys (in any case) to values. A key that is absent is absent; multi-valued keys are arrays. */
export type ConditionContext = Readonly<Record<string, string | readonly string[]>>;

/** The identity that makes a request: an IAM user, a role's session, an AWS service, or none (an unsigned request). */
export interface RequestPrincipal {
  kind: 'user' | 'role' | 'service' | 'anonymous';
  /** The user's or the session's ARN; of a service its name, such as `events.amazonaws.com`; otherwise `anonymous`. */
  arn: string;
  /** Twelve digits. Not used for a service or an unsigned request. */
  account: string;
  /** The role behind a session. */
  roleArn?: string;
}

/** One question to the policies: may this principal do this, to this, under these circumstances? */
export interface AccessRequest {
  principal: RequestPrincipal;
  /** Such as `s3:GetObject`; case does not matter. */
  action: string;
  /** An ARN, or `*` for an action that has no resource types. */
  resource: string;
  /** The account that owns the resource; the principal's by default. */
  resourceAccount?: string;
  context: ConditionContext;
}

/** What a policy hangs on: an identity, a resource, or a role's trust policy. */
export type PolicyKind = 'identity' | 'resource' | 'trust';

/** A statement by its policy's name and its position, from 0. */
export interface StatementReference {
  policy: string;
  index: number;
  sid?: string;
}

export interface Decision {
  allowed: boolean;
  /**
   * `identity` also where the identity's policy and the resource's had to agree; `resource` where the resource's
   * policy was enough by itself.
   */
  reason: 'identity' | 'resource' | 'explicitDeny' | 'implicitDeny';
  /** The kind of policy that decided; of an implicit denial, the kind that lacks a grant. */
  kind: PolicyKind;
  /** The statement that decided; none for an implicit denial. */
  by?: StatementReference;
  /** Every Allow statement that fits the request, whether or not it tipped the scales. */
  matching: readonly StatementReference[];
}
