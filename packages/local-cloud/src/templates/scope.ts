import { isCustom } from '../core/resource-type';
import { unresolvedIn } from './check';
import { condition, resolve, type Scope } from './intrinsics';
import { referenceValues, type StackParameter } from './parameters';
import { TemplateError, type Template } from './template';

/** The stack for which a template is evaluated. */
export interface StackIdentity {
  stackName: string;
  stackId: string;
  region: string;
  account: string;
}

/** A resource that `Ref` and `Fn::GetAtt` refer to. */
export interface Resource {
  type: string;
  physicalId: string;
  attributes?: Record<string, unknown>;
}

/**
 * Returns the scope of a stack.
 *
 * @param findExport the value of an export and its stack; undefined if no stack exports that name
 */
export function stackScope(
  template: Template,
  parameters: readonly StackParameter[],
  { stackName, stackId, region, account }: StackIdentity,
  find: (logicalId: string) => Resource | undefined,
  findExport: (name: string) => string | undefined,
): Scope {
  const found = (logicalId: string) => {
    const resource = find(logicalId);
    if (resource) return resource;
    throw unresolvedIn('Resources', [logicalId]);
  };
  return {
    template,
    parameters: {
      ...referenceValues(template, parameters),
      'AWS::Region': region,
      'AWS::AccountId': account,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stackName,
      'AWS::StackId': stackId,
      'AWS::NotificationARNs': [],
    },
    ref: (logicalId) => found(logicalId).physicalId,
    attribute: (logicalId, name) => {
      const { attributes = {}, type } = found(logicalId);
      if (Object.hasOwn(attributes, name)) return attributes[name];
      if (isCustom(type)) {
        throw new TemplateError(
          `CustomResource attribute error: Vendor response doesn't contain ${name} key in object ${stackId}|${logicalId}`,
        );
      }
      throw new TemplateError(
        `Template error: resource ${logicalId} does not support attribute type ${name} in Fn::GetAtt (${type} on the local cloud has ${Object.keys(attributes).join(', ') || 'none'})`,
      );
    },
    importValue: (name) => {
      const value = findExport(name);
      if (value === undefined) throw new TemplateError(`No export named ${name} found.`);
      return value;
    },
  };
}

/** Returns the logical ids that a template creates, after its conditions, in the order of creation. */
export function wantedResources(order: readonly string[], scope: Scope): string[] {
  return order.filter((id) => {
    const { Condition } = scope.template.Resources[id]!;
    return Condition === undefined || condition(Condition, scope);
  });
}

export interface StackOutput {
  key: string;
  value: string;
  description?: string;
  exportName?: string;
}

export function resolveOutputs({ Outputs = {} }: Template, scope: Scope): StackOutput[] {
  return Object.entries(Outputs)
    .filter(([, { Condition }]) => Condition === undefined || condition(Condition, scope))
    .map(([key, { Value, Description, Export }]) => {
      const value = resolve(Value, scope);
      if (typeof value === 'object' || value === undefined) {
        throw new TemplateError(
          `Template format error: Output ${key} is malformed. The Value field of every Outputs member must evaluate to a String.`,
        );
      }
      return {
        key,
        value: String(value),
        description: Description,
        exportName: Export && String(resolve(Export.Name, scope)),
      };
    });
}
