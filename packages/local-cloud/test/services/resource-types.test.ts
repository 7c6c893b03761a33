import { ManagedPolicies } from '../../src/access/managed-policies';
import { Roles } from '../../src/access/roles';
import { resourceFacts, type ResourceFacts, type ResourceSchema } from '../../src/facts/resource-facts';
import { RESOURCE_TYPES } from '../../src/services';
import { iam } from '../../src/services/iam';
import type { Cloud } from '../../src/core/cloud';
import type { Properties, ResourceContext, ResourceType } from '../../src/core/resource-type';
import { testCloud, type TestCloud } from '../support/test-cloud';

let here: TestCloud;
beforeAll(async () => (here = await testCloud([iam])));
afterAll(() => here.close());

/** Types that keep their resources themselves, and do not call a service's API. */
const WITHOUT_API = /^AWS::(EC2|CDK|CloudFormation|SQS)::/;

const document = (statement: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', ...statement }],
});
const TRUST = document({ Principal: { Service: 'lambda.amazonaws.com' } });
const RIGHTS = document({ Resource: '*' });

/** Values that their handlers check, which the schema does not describe. */
const VALUES: Readonly<Record<string, unknown>> = {
  'AWS::IAM::Role AssumeRolePolicyDocument': TRUST,
  'AWS::IAM::Role Policies': [{ PolicyName: 'p', PolicyDocument: RIGHTS }],
  'AWS::IAM::Role PermissionsBoundary': 'arn:aws:iam::aws:policy/ReadOnlyAccess',
  'AWS::IAM::ManagedPolicy PolicyDocument': RIGHTS,
  'AWS::IAM::ManagedPolicy Path': '/team/',
  'AWS::IAM::Policy PolicyDocument': RIGHTS,
  'AWS::IAM::Policy Roles': ['existing'],
};

/** Properties that the schema does not require, although AWS does. */
const NEEDED: Readonly<Record<string, readonly string[]>> = { 'AWS::IAM::Policy': ['Roles'] };

/** Returns a value that fits the property's schema. */
function sample(schema: ResourceSchema, definitions: ResourceFacts['definitions'], flag: boolean): unknown {
  const next = (each: ResourceSchema) => sample(each, definitions, flag);
  const { ref, type, properties, items, oneOf, anyOf } = schema;
  if (ref !== undefined) return next(definitions![ref]!);
  if (schema.enum) return schema.enum.at(-1);
  const [choice] = oneOf ?? anyOf ?? [];
  if (choice && !properties && !type) return next(choice);
  const kind = typeof type === 'string' ? type : type?.[0];
  if (kind === 'boolean') return flag;
  if (kind === 'integer' || kind === 'number') return 7;
  if (kind === 'array') return [next(items ?? {})];
  if (kind !== 'object' && !properties) return 'marker';
  const members = Object.entries(properties ?? { marker: {} });
  return Object.fromEntries(members.map(([name, each]) => [name, next(each)]));
}

/** An answer of any operation: each member, call and text of it is one too. */
function anything(): unknown {
  return new Proxy(() => undefined, {
    get: (_target, key) => {
      if (key === 'then') return undefined;
      return key === Symbol.toPrimitive ? () => 'answer' : anything();
    },
    apply: () => anything(),
  });
}

/** Returns the requests, results and errors of a handler's operations with these properties, as text. */
async function effects(type: ResourceType, properties: Properties, base: Properties): Promise<string> {
  const roles = new Roles(here.cloud);
  for (const role of roles.names()) roles.delete(role);
  const policies = new ManagedPolicies(here.cloud);
  for (const policy of Object.keys(policies.all())) policies.delete(policy);
  const arn = `arn:aws:iam::${here.cloud.account}:role/existing`;
  roles.put('existing', { arn, trustPolicy: TRUST, managedPolicyArns: [], policies: {} });
  const log: unknown[] = [];
  const cloud = Object.create(here.cloud, {
    call: {
      value: async (...call: unknown[]) => {
        log.push(call.slice(0, 3));
        return anything();
      },
    },
  }) as Cloud;
  const caller = { principal: here.cloud.principals.operator };
  const context: ResourceContext = {
    ...{ cloud, caller, stackName: 'Stack', logicalId: 'R' },
    made: (created) => log.push(created),
  };
  const attempt = async (run: () => Promise<unknown> | undefined) => {
    try {
      log.push(await run());
    } catch (error) {
      log.push(String(error));
    }
  };
  const existing = { physicalId: 'id', attributes: { Arn: 'arn' } };
  await attempt(() => type.create(properties, context));
  log.push(structuredClone([...roles.names().map((role) => roles.find(role)), policies.all()]));
  await attempt(() => type.delete({ physicalId: 'marker', properties }, context));
  await attempt(() => type.update?.(properties, context, { ...existing, properties: base }));
  await attempt(() => type.delete({ ...existing, properties }, context));
  const generated = /Stack-?R-?[A-Za-z0-9]+|AROA[A-Z0-9]+/gi;
  return JSON.stringify(log).replace(generated, 'generated');
}

const PROPERTIES = Object.entries(RESOURCE_TYPES)
  .filter(([name]) => !WITHOUT_API.test(name))
  .flatMap(([name, { properties }]) =>
    // Tags have no effect where no operation returns them.
    properties.filter((property) => property !== 'Tags').map((property) => [name, property] as const),
  );

test.each(PROPERTIES)('%s does not drop %s', async (name, property) => {
  const type = RESOURCE_TYPES[name]!;
  const { properties, definitions, required = [] } = resourceFacts(name)!;
  const value = (each: string, flag: boolean) =>
    VALUES[`${name} ${each}`] ?? sample(properties[each]!, definitions, flag);
  const others = [...required, ...(NEEDED[name] ?? [])].filter((each) => each !== property);
  const base = Object.fromEntries(others.map((each) => [each, value(each, true)]));
  const without = await effects(type, base, base);
  expect(await effects(type, base, base)).toBe(without);
  const set = await effects(type, { ...base, [property]: value(property, true) }, base);
  const cleared = await effects(type, { ...base, [property]: value(property, false) }, base);
  expect([set, cleared].filter((each) => each !== without)).not.toEqual([]);
});
