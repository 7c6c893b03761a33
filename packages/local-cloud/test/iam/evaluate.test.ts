import {
  denialMessage,
  evaluate,
  Policy,
  type AccessRequest,
  type ApplicablePolicies,
  type Decision,
  type RequestPrincipal,
} from '../../src/iam';
import {
  ACCOUNT,
  ANONYMOUS,
  EVENTS,
  identityPolicy,
  OBJECT,
  OTHER_ACCOUNT,
  request,
  resourcePolicy,
  ROLE,
  USER,
  type Json,
} from './requests';

const ALL: Json = { Action: '*', Resource: '*' };
const ALLOW = identityPolicy({ Effect: 'Allow', ...ALL });
const DENY = identityPolicy({ Effect: 'Deny', ...ALL });
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;

/** Returns a resource's policy that allows a principal everything. */
const to = (principal: unknown): Policy => resourcePolicy({ Effect: 'Allow', Principal: principal, ...ALL });
const against = (element: Json): Policy => resourcePolicy({ Effect: 'Deny', ...element, ...ALL });

type Outcome = Decision['reason'];
type Case = [name: string, policies: ApplicablePolicies, expected: Outcome, changes?: Partial<AccessRequest>];

describe('within an account', () => {
  test.each<Case>([
    ['nothing allows', { identity: [] }, 'implicitDeny'],
    ["the identity's policy allows", { identity: [ALLOW] }, 'identity'],
    ["the identity's policy denies", { identity: [DENY] }, 'explicitDeny'],
    ['a Deny wins over an Allow', { identity: [ALLOW, DENY] }, 'explicitDeny'],
    [
      "the resource's Deny wins",
      { identity: [ALLOW], resource: against({ Principal: '*' }) },
      'explicitDeny',
    ],
    ["the identity's Deny wins over the resource", { identity: [DENY], resource: to('*') }, 'explicitDeny'],
    [
      'a Deny whose condition does not hold',
      {
        identity: [ALLOW],
        resource: against({ Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      },
      'identity',
      { context: { 'aws:SecureTransport': 'true' } },
    ],
    ['the resource allows everyone', { identity: [], resource: to('*') }, 'resource'],
    ['the resource allows all of AWS', { identity: [], resource: to({ AWS: '*' }) }, 'resource'],
    ['the resource allows the role', { identity: [], resource: to({ AWS: ROLE.roleArn }) }, 'resource'],
    ['the resource allows the session', { identity: [], resource: to({ AWS: [ROLE.arn] }) }, 'resource'],
    [
      'the resource allows another session',
      { identity: [], resource: to({ AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/Trainer/job-2` }) },
      'implicitDeny',
    ],
    [
      'the resource allows the user',
      { identity: [], resource: to({ AWS: USER.arn }) },
      'resource',
      { principal: USER },
    ],
    [
      'the resource allows another principal',
      { identity: [], resource: to({ AWS: USER.arn }) },
      'implicitDeny',
    ],
    ['the resource names the account only', { identity: [], resource: to({ AWS: ROOT }) }, 'implicitDeny'],
    ["and the identity's policy allows", { identity: [ALLOW], resource: to({ AWS: ACCOUNT }) }, 'identity'],
    [
      'a Deny for the account',
      { identity: [ALLOW], resource: against({ Principal: { AWS: ROOT } }) },
      'explicitDeny',
    ],
    [
      'a federated principal does not match',
      { identity: [], resource: to({ Federated: 'idp.example' }) },
      'implicitDeny',
    ],
    [
      "a resource's policy without Resource is about its resource",
      { identity: [], resource: resourcePolicy({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject' }) },
      'resource',
    ],
  ])('%s', (_, policies, expected, changes = {}) => {
    expect(evaluate(request(changes), policies).reason).toBe(expected);
  });
});

describe('with a permissions boundary', () => {
  const boundary = identityPolicy({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
  const other = identityPolicy({ Effect: 'Allow', Action: 'sns:Publish', Resource: '*' });
  const denying = identityPolicy({ Effect: 'Deny', ...ALL });
  test.each<[...Case, kind?: Decision['kind']]>([
    ['both allow', { identity: [ALLOW], boundary }, 'identity'],
    ['only the boundary allows', { identity: [], boundary }, 'implicitDeny', {}, 'identity'],
    [
      "only the identity's policy allows",
      { identity: [ALLOW], boundary: other },
      'implicitDeny',
      {},
      'boundary',
    ],
    ['the boundary denies', { identity: [ALLOW], boundary: denying }, 'explicitDeny', {}, 'boundary'],
    [
      'the resource allows the role',
      { identity: [], boundary: other, resource: to({ AWS: ROLE.roleArn }) },
      'implicitDeny',
      {},
      'boundary',
    ],
    [
      'the resource allows the session',
      { identity: [], boundary: other, resource: to({ AWS: ROLE.arn }) },
      'resource',
    ],
    [
      'the resource allows the session, the identity too',
      { identity: [ALLOW], boundary: other, resource: to({ AWS: ROLE.arn }) },
      'resource',
    ],
    [
      'the resource allows the user',
      { identity: [], boundary: other, resource: to({ AWS: USER.arn }) },
      'resource',
      { principal: USER },
    ],
    [
      'the resource of another account allows the session',
      { identity: [ALLOW], boundary: other, resource: to({ AWS: ROLE.arn }) },
      'implicitDeny',
      { resourceAccount: OTHER_ACCOUNT },
      'boundary',
    ],
    [
      'a service has none',
      { identity: [], boundary: other, resource: to({ Service: EVENTS.arn }) },
      'resource',
      { principal: EVENTS },
    ],
  ])('%s', (_, policies, expected, changes = {}, kind = undefined) => {
    const decision = evaluate(request(changes), policies);
    expect(decision.reason).toBe(expected);
    if (kind) expect(decision.kind).toBe(kind);
  });

  test('its denial reads as in AWS', () => {
    const decision = evaluate(request(), { identity: [ALLOW], boundary: other });
    expect(denialMessage(request(), decision)).toMatch(
      /because no permissions boundary allows the s3:GetObject action$/,
    );
  });
});

describe('NotPrincipal excludes', () => {
  const all = [ROOT, ROLE.roleArn, ROLE.arn];
  test.each<[name: string, spared: unknown, principal: RequestPrincipal, expected: Outcome]>([
    ['a session whose account, role and itself are listed', { AWS: all }, ROLE, 'identity'],
    ['no session that is not listed itself', { AWS: [ROOT, ROLE.roleArn] }, ROLE, 'explicitDeny'],
    ['no role without its account', { AWS: [ROLE.roleArn, ROLE.arn] }, ROLE, 'explicitDeny'],
    ['no other principal', { AWS: all }, USER, 'explicitDeny'],
    ['a user with the account', { AWS: [ACCOUNT, USER.arn] }, USER, 'identity'],
    ['everyone', '*', USER, 'identity'],
  ])('%s', (_, spared, principal, expected) => {
    const policies = { identity: [ALLOW], resource: against({ NotPrincipal: spared }) };
    expect(evaluate(request({ principal }), policies).reason).toBe(expected);
  });

  test('a service', () => {
    const resource = resourcePolicy(
      { Effect: 'Allow', Principal: '*', ...ALL },
      { Effect: 'Deny', NotPrincipal: { Service: 'events.amazonaws.com' }, ...ALL },
    );
    expect(evaluate(request({ principal: EVENTS }), { identity: [], resource }).reason).toBe('resource');
    expect(evaluate(request(), { identity: [ALLOW], resource }).reason).toBe('explicitDeny');
  });
});

describe('where the resource must allow (keys, trust)', () => {
  const outsider = { AWS: `arn:aws:iam::${OTHER_ACCOUNT}:root` };
  test.each<Case>([
    ["the identity's policy alone grants nothing", { identity: [ALLOW] }, 'implicitDeny'],
    ['the resource names the role', { identity: [], resource: to({ AWS: ROLE.roleArn }) }, 'resource'],
    ['the resource names the account', { identity: [], resource: to({ AWS: ROOT }) }, 'implicitDeny'],
    [
      'the resource names the account, the identity allows',
      { identity: [ALLOW], resource: to({ AWS: ROOT }) },
      'identity',
    ],
    ['the resource names another account', { identity: [ALLOW], resource: to(outsider) }, 'implicitDeny'],
    ['a Deny wins', { identity: [DENY], resource: to({ AWS: ROLE.roleArn }) }, 'explicitDeny'],
    [
      "another account's key",
      { identity: [ALLOW], resource: to({ AWS: ROOT }) },
      'identity',
      { resourceAccount: OTHER_ACCOUNT },
    ],
  ])('%s', (_, policies, expected, changes = {}) => {
    expect(evaluate(request(changes), { ...policies, resourceMustAllow: true }).reason).toBe(expected);
  });

  const trust = (principal: unknown): Policy =>
    Policy.parse(
      'Trust',
      {
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' },
      },
      'trust',
    );
  test.each<[name: string, principal: RequestPrincipal, trusted: unknown, expected: Outcome]>([
    ['a trusted service', EVENTS, { Service: ['states.amazonaws.com', 'events.amazonaws.com'] }, 'resource'],
    ['another service', EVENTS, { Service: 'lambda.amazonaws.com' }, 'implicitDeny'],
    ['a trusted role', ROLE, { AWS: ROLE.roleArn }, 'resource'],
    ['a role of the trusted account', ROLE, { AWS: ROOT }, 'identity'],
    ['a role is not a service', ROLE, { Service: 'events.amazonaws.com' }, 'implicitDeny'],
  ])('%s assumes a role', (_, principal, trusted, expected) => {
    const resource = `arn:aws:iam::${ACCOUNT}:role/Rule`;
    const asked = request({ principal, action: 'sts:AssumeRole', resource });
    const policies = { identity: [ALLOW], resource: trust(trusted), resourceMustAllow: true };
    expect(evaluate(asked, policies).reason).toBe(expected);
  });
});

describe('across accounts both must allow', () => {
  test.each<Case>([
    ['only the identity', { identity: [ALLOW] }, 'implicitDeny'],
    ['only the resource', { identity: [], resource: to({ AWS: ROLE.roleArn }) }, 'implicitDeny'],
    ['both', { identity: [ALLOW], resource: to({ AWS: ROLE.roleArn }) }, 'identity'],
    ['both, the resource by the account', { identity: [ALLOW], resource: to({ AWS: ACCOUNT }) }, 'identity'],
    ['both, the resource for everyone', { identity: [ALLOW], resource: to('*') }, 'identity'],
    [
      'the resource names its own account',
      { identity: [ALLOW], resource: to({ AWS: OTHER_ACCOUNT }) },
      'implicitDeny',
    ],
  ])('%s', (_, policies, expected) => {
    expect(evaluate(request({ resourceAccount: OTHER_ACCOUNT }), policies).reason).toBe(expected);
  });
});

describe('an unsigned request', () => {
  const elsewhere = { principal: ANONYMOUS, resourceAccount: OTHER_ACCOUNT };
  const open = to('*');
  test.each<Case>([
    ['to nothing', { identity: [] }, 'implicitDeny'],
    ['to what allows everyone', { identity: [], resource: open }, 'resource', elsewhere],
    ['to what allows the account', { identity: [], resource: to({ AWS: ACCOUNT }) }, 'implicitDeny'],
    ['to what allows a service', { identity: [], resource: to({ Service: EVENTS.arn }) }, 'implicitDeny'],
    [
      'that a NotPrincipal does not exclude',
      {
        identity: [],
        resource: resourcePolicy(
          { Effect: 'Allow', Principal: '*', ...ALL },
          { Effect: 'Deny', NotPrincipal: { AWS: ACCOUNT }, ...ALL },
        ),
      },
      'explicitDeny',
    ],
  ])('%s', (_, policies, expected, changes = {}) => {
    expect(evaluate(request({ principal: ANONYMOUS, ...changes }), policies).reason).toBe(expected);
  });
});

describe('services', () => {
  const rule = `arn:aws:events:us-east-1:${ACCOUNT}:rule/nightly`;
  const forRule = resourcePolicy({
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sns:Publish',
    Resource: `arn:aws:sns:us-east-1:${ACCOUNT}:team`,
    Condition: { ArnLike: { 'aws:SourceArn': rule }, StringEquals: { 'aws:SourceAccount': ACCOUNT } },
  });
  const publish = {
    principal: EVENTS,
    action: 'sns:Publish',
    resource: `arn:aws:sns:us-east-1:${ACCOUNT}:team`,
  };
  const context = { 'aws:SourceArn': rule, 'aws:SourceAccount': ACCOUNT };

  test.each<Case>([
    ['for its rule', { identity: [], resource: forRule }, 'resource', { context }],
    [
      'for another rule',
      { identity: [], resource: forRule },
      'implicitDeny',
      { context: { ...context, 'aws:SourceArn': `${rule}-2` } },
    ],
    [
      'for another account',
      { identity: [], resource: forRule },
      'implicitDeny',
      { context: { ...context, 'aws:SourceAccount': OTHER_ACCOUNT } },
    ],
    ['without a source ARN', { identity: [], resource: forRule }, 'implicitDeny'],
    ['everyone includes services', { identity: [], resource: to('*') }, 'resource'],
    ['the account does not', { identity: [], resource: to({ AWS: ACCOUNT }) }, 'implicitDeny'],
    ['identity policies grant nothing to a service', { identity: [ALLOW] }, 'implicitDeny'],
    ['and deny nothing', { identity: [DENY], resource: to('*') }, 'resource'],
    [
      "across accounts the resource's policy is enough",
      { identity: [], resource: to('*') },
      'resource',
      { resourceAccount: OTHER_ACCOUNT },
    ],
    ['a Deny for everyone', { identity: [], resource: against({ Principal: { AWS: '*' } }) }, 'explicitDeny'],
  ])('%s', (_, policies, expected, changes = {}) => {
    expect(evaluate(request({ ...publish, ...changes }), policies).reason).toBe(expected);
  });
});

describe('denial messages', () => {
  const start = `User: ${ROLE.arn} is not authorized to perform: s3:GetObject on resource: ${OBJECT}`;
  const trustless = Policy.parse(
    'Trust',
    { Statement: { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' } },
    'trust',
  );
  const assume = { action: 'sts:AssumeRole', resource: ROLE.roleArn! };
  const assumeStart = `User: ${ROLE.arn} is not authorized to perform: sts:AssumeRole on resource: ${ROLE.roleArn}`;

  test.each<[policies: ApplicablePolicies, message: string, changes?: Partial<AccessRequest>]>([
    [{ identity: [] }, `${start} because no identity-based policy allows the s3:GetObject action`],
    [{ identity: [DENY] }, `${start} with an explicit deny in an identity-based policy`],
    [
      { identity: [ALLOW], resource: against({ Principal: '*' }) },
      `${start} with an explicit deny in a resource-based policy`,
    ],
    [
      { identity: [ALLOW], resourceMustAllow: true },
      `${start} because no resource-based policy allows the s3:GetObject action`,
    ],
    [
      { identity: [], resource: to({ AWS: ROOT }), resourceMustAllow: true },
      `${start} because no identity-based policy allows the s3:GetObject action`,
    ],
    [
      { identity: [] },
      `User: events.amazonaws.com is not authorized to perform: s3:GetObject on resource: ${OBJECT} because no resource-based policy allows the s3:GetObject action`,
      { principal: EVENTS },
    ],
    [
      { identity: [ALLOW], resource: trustless, resourceMustAllow: true },
      `${assumeStart} with an explicit deny in the role trust policy`,
      assume,
    ],
    [
      {
        identity: [ALLOW],
        resource: Policy.parse(
          'Trust',
          {
            Statement: {
              Effect: 'Allow',
              Principal: { Service: 'ecs-tasks.amazonaws.com' },
              Action: 'sts:AssumeRole',
            },
          },
          'trust',
        ),
        resourceMustAllow: true,
      },
      `${assumeStart} because no role trust policy allows the sts:AssumeRole action`,
      assume,
    ],
  ])('case %#', (policies, message, changes = {}) => {
    const asked = request(changes);
    expect(denialMessage(asked, evaluate(asked, policies))).toBe(message);
  });

  test('an allowed request has no denial message', () => {
    expect(() => denialMessage(request(), evaluate(request(), { identity: [ALLOW] }))).toThrow(TypeError);
  });
});
