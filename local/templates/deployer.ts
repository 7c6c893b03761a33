import type { Cloud } from '../core/cloud';
import type { Caller } from '../core/service';
import { condition, resolve, type Scope } from './intrinsics';
import { deploymentOrder } from './graph';
import { RESOURCE_TYPES } from './resources';
import type { Existing, Properties, ResourceContext, ResourceType } from './resource-type';
import { TemplateError, type Template } from './template';

interface DeployedResource extends Existing {
  type: string;
  retain: boolean;
}

interface DeployedStack {
  /** In the order of creation. */
  resources: Record<string, DeployedResource>;
  outputs: Record<string, string>;
  exports: Record<string, string>;
}

interface State {
  stacks: Record<string, DeployedStack>;
}

export interface StackResult {
  outputs: Readonly<Record<string, string>>;
  created: number;
  updated: number;
  deleted: number;
}

/** Creates, updates and deletes stacks from their templates; knows resource types and nothing of their meaning. */
export class Deployer {
  private readonly store;
  private readonly caller: Caller;

  constructor(private readonly cloud: Cloud) {
    this.store = cloud.stores.store<State>('cloudformation', () => ({ stacks: {} }));
    this.caller = { principal: cloud.principals.service('cloudformation.amazonaws.com') };
  }

  /** Outputs of a stack that is deployed. */
  outputs(stackName: string): Readonly<Record<string, string>> | undefined {
    return this.store.data.stacks[stackName]?.outputs;
  }

  /**
   * Brings a stack to what its template says.
   *
   * @throws TemplateError naming stack, resource and reason
   */
  async deploy(stackName: string, template: Template): Promise<StackResult> {
    const stack = (this.store.data.stacks[stackName] ??= { resources: {}, outputs: {}, exports: {} });
    const scope = this.scope(stackName, template, stack);
    const wanted = this.wanted(stackName, template, scope);
    const result = { outputs: stack.outputs, created: 0, updated: 0, deleted: 0 };
    const replaced: [string, DeployedResource][] = [];
    for (const logicalId of wanted) {
      const change = await this.apply(stackName, logicalId, template, stack, scope, replaced);
      if (change) result[change] += 1;
      this.store.changed();
    }
    const superfluous = Object.entries(stack.resources).filter(([id]) => !wanted.includes(id));
    for (const [logicalId] of superfluous) delete stack.resources[logicalId];
    for (const [logicalId, resource] of [...replaced, ...superfluous].reverse()) {
      await this.remove(stackName, logicalId, resource);
      result.deleted += 1;
    }
    this.setOutputs(stack, template, scope);
    this.store.changed();
    return { ...result, outputs: stack.outputs };
  }

  private wanted(stackName: string, template: Template, scope: Scope): string[] {
    const ids = deploymentOrder(template).filter((id) => {
      const name = template.Resources[id]!.Condition;
      return name === undefined || condition(name, scope);
    });
    for (const id of ids) typeOf(stackName, id, template);
    return ids;
  }

  private async apply(
    stackName: string,
    logicalId: string,
    template: Template,
    stack: DeployedStack,
    scope: Scope,
    replaced: [string, DeployedResource][],
  ): Promise<'created' | 'updated' | undefined> {
    const { Type, Properties: raw = {}, DeletionPolicy } = template.Resources[logicalId]!;
    const type = typeOf(stackName, logicalId, template);
    const context: ResourceContext = { cloud: this.cloud, caller: this.caller, stackName, logicalId };
    const before = stack.resources[logicalId];
    try {
      const properties = resolve(raw, scope) as Properties;
      const retain = DeletionPolicy === 'Retain' || DeletionPolicy === 'RetainExceptOnCreate';
      if (before && before.type === Type && same(before.properties, properties)) {
        before.retain = retain;
        return undefined;
      }
      const inPlace =
        before?.type === Type && type.update && !mustReplace(type, before.properties, properties);
      const made = inPlace
        ? await type.update!(properties, context, before)
        : await type.create(properties, context);
      if (before && !inPlace) replaced.push([logicalId, before]);
      stack.resources[logicalId] = { ...made, type: Type, properties, retain };
      return before ? 'updated' : 'created';
    } catch (error) {
      throw new TemplateError(
        `stack ${stackName}, resource ${logicalId} (${Type}): ${(error as Error).message}`,
        { cause: error },
      );
    }
  }

  private async remove(stackName: string, logicalId: string, resource: DeployedResource): Promise<void> {
    if (resource.retain) return;
    const type = RESOURCE_TYPES[resource.type];
    await type?.delete(resource, { cloud: this.cloud, caller: this.caller, stackName, logicalId });
  }

  private setOutputs(stack: DeployedStack, template: Template, scope: Scope): void {
    stack.outputs = {};
    stack.exports = {};
    for (const [name, output] of Object.entries(template.Outputs ?? {})) {
      if (output.Condition && !condition(output.Condition, scope)) continue;
      const value = String(resolve(output.Value, scope));
      stack.outputs[name] = value;
      if (!output.Export) continue;
      const exported = String(resolve(output.Export.Name, scope));
      for (const [other, { exports }] of Object.entries(this.store.data.stacks)) {
        if (exports === stack.exports || !Object.hasOwn(exports, exported)) continue;
        throw new TemplateError(`Export with name ${exported} is already exported by stack ${other}.`);
      }
      stack.exports[exported] = value;
    }
  }

  private scope(stackName: string, template: Template, stack: DeployedStack): Scope {
    const { region, account } = this.cloud;
    const found = (logicalId: string) => {
      const resource = stack.resources[logicalId];
      if (resource) return resource;
      const { Type } = template.Parameters?.[logicalId] ?? {};
      if (Type) throw new TemplateError(`the parameter type ${Type} of ${logicalId} is not supported here`);
      throw new TemplateError(`there is no resource "${logicalId}"`);
    };
    return {
      template,
      parameters: {
        ...parameterValues(stackName, template),
        'AWS::Region': region,
        'AWS::AccountId': account,
        'AWS::Partition': 'aws',
        'AWS::URLSuffix': 'amazonaws.com',
        'AWS::StackName': stackName,
        'AWS::StackId': this.cloud.arn('cloudformation', `stack/${stackName}/local`),
        'AWS::NotificationARNs': [],
      },
      ref: (logicalId) => found(logicalId).physicalId,
      attribute: (logicalId, name) => {
        const { attributes = {}, type } = found(logicalId);
        if (Object.hasOwn(attributes, name)) return attributes[name];
        throw new TemplateError(`${type} "${logicalId}" has no attribute ${name} on the local cloud`);
      },
      importValue: (name) => {
        for (const other of Object.values(this.store.data.stacks)) {
          if (Object.hasOwn(other.exports, name)) return other.exports[name];
        }
        throw new TemplateError(`No export named ${name} found.`);
      },
    };
  }
}

function typeOf(stackName: string, logicalId: string, template: Template): ResourceType {
  const { Type, Properties: properties = {} } = template.Resources[logicalId]!;
  const type = RESOURCE_TYPES[Type];
  if (!type) {
    throw new TemplateError(
      `stack ${stackName}, resource ${logicalId}: the type ${Type} is not supported by the local cloud; supported are ${Object.keys(RESOURCE_TYPES).join(', ')}`,
    );
  }
  const unknown = Object.keys(properties).find((name) => !type.properties.includes(name));
  if (unknown) {
    throw new TemplateError(
      `stack ${stackName}, resource ${logicalId}: the property ${unknown} of ${Type} is not supported by the local cloud`,
    );
  }
  return type;
}

/** Parameters have their defaults; one that would be looked up in SSM has none here. */
function parameterValues(stackName: string, { Parameters = {} }: Template): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, { Type, Default }] of Object.entries(Parameters)) {
    if (Type.startsWith('AWS::SSM::Parameter::Value')) continue;
    if (Default === undefined) {
      throw new TemplateError(
        `stack ${stackName}: Parameters: [${name}] must have values; give it a Default`,
      );
    }
    values[name] = Default;
  }
  return values;
}

function mustReplace(type: ResourceType, before: Properties, after: Properties): boolean {
  return (type.replacedBy ?? []).some((name) => !same(before[name], after[name]));
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
