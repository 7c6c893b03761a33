import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { propertyNames } from 'local-cloud/testing';
import { context } from '../../cdk.json';
import type { PipelineConfig } from '../../lib/config';
import { DeliveryStack } from '../../lib/stacks/delivery-stack';
import project from '../../mlops.config';
import { environments, stage } from '../support/configs';
import { inAccount, RULES } from './support/account';
import { ACCOUNT, dev, synthesise } from './support/synthesis';
import { definitionOf } from './support/state-machine';
import * as variants from './support/variants';

const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/${RULES.permissionsBoundary}`;

/** Every configuration has resources that no other one has. */
const configurations = Object.entries({
  ...Object.fromEntries(environments.map((config) => [config.environment, config])),
  ...{ approval: variants.approval, asynchronous: variants.asynchronous, batch: variants.batch },
  ...{ canary: variants.canary, lustre: variants.lustre, scaled: variants.scaled, shadow: variants.shadow },
  workingHours: variants.workingHours,
}).map(([name, config]) => [name, inAccount(config)] as const);

interface Found {
  readonly type: string;
  readonly properties: Record<string, unknown>;
}

function resourcesOf(config: PipelineConfig): readonly Found[] {
  const { storage, network, pipeline, inference } = synthesise(config);
  return [storage, network, pipeline, inference].flatMap(({ resources }) => resources);
}

/** The templates of the delivery and of a pipeline that it tries, in accounts with the same rules. */
function delivery(): Record<'delivery' | 'tried', readonly Found[]> & { readonly stackName: string } {
  const folder = mkdtempSync(join(tmpdir(), 'delivery-'));
  try {
    process.env.CDK_VALIDATION = 'false';
    const stack = new DeliveryStack(new App({ outdir: folder, context }), 'Delivery', {
      delivery: { ...project.delivery!, account: ACCOUNT, ...RULES, rolePath: '/delivery/' },
      app: 'mlops',
      pipelines: [inAccount(dev), inAccount(stage)],
      gitCommit: 'c0ffee',
    });
    const tried = stack.node.findChild('table-stage').node.findChild('Pipeline') as Stack;
    return { delivery: template(stack), tried: template(tried), stackName: stack.stackName };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function template(stack: Stack): Found[] {
  const { Resources } = Template.fromStack(stack).toJSON() as {
    Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
  };
  return Object.values(Resources).map(({ Type, Properties = {} }) => ({
    type: Type,
    properties: Properties,
  }));
}

/** Tags of a resource: a list, or a map in SSM. */
function tagsOf({ properties: { Tags = {} } }: Found): Record<string, string> {
  return Array.isArray(Tags)
    ? Object.fromEntries((Tags as { Key: string; Value: string }[]).map(({ Key, Value }) => [Key, Value]))
    : (Tags as Record<string, string>);
}

describe.each(configurations)('%s', (_, config) => {
  test('every role has the boundary and the path', () => {
    const roles = resourcesOf(config).filter(({ type }) => type === 'AWS::IAM::Role');
    expect(roles.length).toBeGreaterThan(8);
    for (const { properties } of roles)
      expect(properties).toMatchObject({ PermissionsBoundary: BOUNDARY, Path: RULES.rolePath });
  });

  test('every resource that can have tags has those of the pipeline and of the account', () => {
    const taggable = resourcesOf(config).filter(({ type }) => propertyNames(type).includes('Tags'));
    expect(taggable.length).toBeGreaterThan(40);
    const { name: app, model, environment } = config;
    for (const resource of taggable)
      expect([resource.type, tagsOf(resource)]).toMatchObject([
        resource.type,
        { app, model, environment, ...RULES.tags },
      ]);
  });

  test('everything that a run creates has the tags too', () => {
    const text = JSON.stringify(definitionOf(synthesise(config)));
    const creating = /:::(?:aws-sdk:)?sagemaker:create(?!ModelPackage)\w+/g;
    const lists = text.match(/"Tags":\[[^\]]*\]/g) ?? [];
    expect(lists.length).toBe(text.match(creating)!.length);
    for (const list of lists) {
      for (const [Key, Value] of Object.entries(RULES.tags))
        expect(list).toContain(JSON.stringify({ Key, Value }));
    }
  });

  test('every name begins with the prefix', () => {
    const { name: app, model, environment } = config;
    const named = resourcesOf(config).flatMap(namesOf);
    expect(named.length).toBeGreaterThan(15);
    for (const [type, name] of named)
      expect([type, name]).toEqual([
        type,
        expect.stringMatching(`^(${app}-${model}-${environment}|/${app}/${model}/${environment}/)`),
      ]);
  });
});

/** Names within a resource that has a name of its own. */
const INSIDE = ['AWS::ApiGateway::Stage', 'AWS::IAM::Policy'];

/** The name that a template gives a resource. Others are generated, and begin with the stack's name. */
function namesOf({ type, properties }: Found): [type: string, name: string][] {
  if (INSIDE.includes(type)) return [];
  const names = ['Name', `${type.split('::').at(-1)}Name`].map((field) => properties[field]);
  return names.flatMap((name) => (typeof name === 'string' ? [[type, name] as [string, string]] : []));
}

test('tags of the function that starts the endpoint', () => {
  const config = inAccount(variants.workingHours);
  const fn = resourcesOf(config).find(({ properties }) =>
    JSON.stringify(properties).includes('RESOURCE_TAGS'),
  )!;
  const { Variables } = fn.properties.Environment as { Variables: { RESOURCE_TAGS: string } };
  for (const [Key, Value] of Object.entries(RULES.tags))
    expect(JSON.parse(Variables.RESOURCE_TAGS)).toContainEqual({ Key, Value });
});

test('without rules, roles have neither boundary nor path', () => {
  for (const { properties } of resourcesOf(dev).filter(({ type }) => type === 'AWS::IAM::Role')) {
    expect(properties).not.toHaveProperty('PermissionsBoundary');
    expect(properties).not.toHaveProperty('Path');
  }
});

test('a boundary by its ARN is the boundary', () => {
  const permissionsBoundary = 'arn:aws:iam::aws:policy/PowerUserAccess';
  const roles = resourcesOf({ ...dev, permissionsBoundary }).filter(({ type }) => type === 'AWS::IAM::Role');
  for (const { properties } of roles)
    expect(properties).toMatchObject({ PermissionsBoundary: permissionsBoundary });
});

describe('the delivery', () => {
  const { delivery: resources, tried, stackName } = delivery();
  const roles = resources.filter(({ type }) => type === 'AWS::IAM::Role');

  test('every role has the boundary and the path of the delivery', () => {
    expect(roles.length).toBeGreaterThan(5);
    for (const { properties } of roles) {
      expect(properties).toMatchObject({ Path: '/delivery/' });
      expect(JSON.stringify(properties.PermissionsBoundary)).toContain(
        `:policy/${RULES.permissionsBoundary}`,
      );
    }
  });

  test('tags, and names', () => {
    const tagged = resources.filter(({ properties }) => Array.isArray(properties.Tags));
    expect(tagged.length).toBeGreaterThan(10);
    for (const resource of tagged) expect(tagsOf(resource)).toMatchObject(RULES.tags);
    const names = resources.flatMap(namesOf).map(([, name]) => name);
    // CDK makes one name itself, of an alias.
    expect(names).toEqual([
      expect.stringMatching(/^alias\/codepipeline-/),
      ...['mlops-delivery-trial', 'mlops-delivery-protection'],
    ]);
    expect(stackName).toBe('mlops-delivery');
  });

  test('its role assumes the trial roles by their path, and they trust it by its own', () => {
    const text = JSON.stringify(resources);
    expect(text).toContain(`arn:aws:iam::${stage.account}:role/ml/mlops-table-stage-trial`);
    expect(text).toContain(`role_arn = arn:aws:iam::${stage.account}:role/ml/mlops-table-stage-trial`);
    const trial = tried.find(({ properties }) => properties.RoleName === 'mlops-table-stage-trial')!;
    expect(JSON.stringify(trial.properties.AssumeRolePolicyDocument)).toContain(
      ':role/delivery/mlops-delivery-trial',
    );
  });
});
