/** Condition keys (in any case) with their values. Multi-valued keys are arrays; an absent key has no entry. */
export type ConditionContext = Readonly<Record<string, string | readonly string[]>>;

/** The identity that makes a request: an IAM user, a role's session, an AWS service, or none (an unsigned request). */
export interface RequestPrincipal {
  kind: 'user' | 'role' | 'service' | 'anonymous';
  /** The user's or the session's ARN; for a service its name, such as `events.amazonaws.com`; otherwise `anonymous`. */
  arn: string;
  /** Twelve digits. Not used for a service or an unsigned request. */
  account: string;
  /** The role behind a session. */
  roleArn?: string;
}

/** A request for a policy decision: may this principal do this action on this resource in this context? */
export interface AccessRequest {
  principal: RequestPrincipal;
  /** The action, such as `s3:GetObject`, in any case. */
  action: string;
  /** An ARN, or `*` for an action that has no resource types. */
  resource: string;
  /** The account that owns the resource; the principal's by default. */
  resourceAccount?: string;
  context: ConditionContext;
}

/** The kind of policy: attached to an identity, attached to a resource, or a role's trust policy. */
export type PolicyKind = 'identity' | 'resource' | 'trust';

/** A statement, by its policy's name and its position from 0. */
export interface StatementReference {
  policy: string;
  index: number;
  sid?: string;
}

export interface Decision {
  allowed: boolean;
  /**
   * The kind of policy that allowed or denied. `identity` also if both the identity's and the resource's policy had to
   * allow; `resource` if the resource's policy was enough.
   */
  reason: 'identity' | 'resource' | 'explicitDeny' | 'implicitDeny';
  /**
   * The kind of policy that decided; for an implicit denial, the kind that lacks an Allow. A boundary is an identity's
   * policy by its form.
   */
  kind: PolicyKind | 'boundary';
  /** The statement that decided; absent for an implicit denial. */
  by?: StatementReference;
  /** Every Allow statement that matches the request, also those that did not decide. */
  matching: readonly StatementReference[];
}
