import { isIntrinsic, propertyProblems, propertyRefusal } from '../facts/resource-constraints';
import { attributes, resourceFacts } from '../facts/resource-facts';
import { attributeReferences, creationOrder, references } from './graph';
import { findType, type Properties, type ResourceTypes } from '../core/resource-type';
import { KNOWN_AFTER_APPLY } from './intrinsics';
import { TemplateError, type Template, type TemplateResource } from './template';

/** CloudFormation's quotas for one template ("Understand CloudFormation quotas"). */
const LIMITS = { Resources: 500, Parameters: 200, Outputs: 200, Mappings: 200 } as const;

const SECTIONS = [
  ...['AWSTemplateFormatVersion', 'Description', 'Metadata', 'Parameters', 'Rules', 'Mappings'],
  ...['Conditions', 'Resources', 'Outputs', 'Transform', 'Hooks'],
];

const RESOURCE_MEMBERS = [
  ...['Type', 'Properties', 'DependsOn', 'Condition', 'Metadata', 'DeletionPolicy', 'UpdateReplacePolicy'],
  ...['CreationPolicy', 'UpdatePolicy'],
];

const REMOVAL_POLICIES = ['Delete', 'Retain', 'RetainExceptOnCreate'];

const FORMAT = 'Template format error:';

/**
 * Checks a template without parameter values: format, quotas, references, circular dependencies.
 *
 * @throws TemplateError with CloudFormation's message, if it is known
 */
export function checkTemplate(template: Template): void {
  checkSections(template);
  for (const [id, resource] of Object.entries(template.Resources)) checkResource(id, resource);
  checkReferences(template);
  checkAttributes(template);
  creationOrder(template);
}

/**
 * Checks a resource's type and properties.
 *
 * @param properties resolved: a property that is `AWS::NoValue` is absent
 * @throws TemplateError for a type or a property that the local cloud does not have
 */
export function checkType(
  types: ResourceTypes,
  logicalId: string,
  Type: string,
  properties: Properties,
): void {
  const type = findType(types, Type);
  if (!type) {
    const known = Object.keys(types).sort().join(', ');
    throw new TemplateError(
      `${FORMAT} Unrecognized resource types: [${Type}] (resource ${logicalId}); the local cloud supports ${known}`,
    );
  }
  if (type.custom) return checkCustomType(logicalId, Type);
  // CloudFormation refuses these by the type's schema; the service's own refusals occur when the resource is created.
  const refused = propertyProblems(Type, properties, { isUnknown }).filter(({ by }) => by === 'schema');
  const reason = propertyRefusal(logicalId, refused);
  if (reason !== undefined) throw new TemplateError(reason);
  const unknown = Object.keys(properties).find((name) => !type.properties.includes(name));
  if (unknown) {
    throw new TemplateError(
      `Properties validation failed for resource ${logicalId}: the property ${unknown} of ${Type} is not supported by the local cloud; supported are ${type.properties.join(', ')}`,
    );
  }
}

/**
 * Names may have up to 60 characters (User Guide, "Custom resource request objects"); aws-cdk-lib counts the prefix too
 * (`core/lib/custom-resource.ts`).
 */
function checkCustomType(logicalId: string, type: string): void {
  if (!type.startsWith('Custom::') || (/^Custom::[\w@-]+$/.test(type) && type.length <= 60)) return;
  throw new TemplateError(
    `${FORMAT} Invalid custom resource type ${type} (resource ${logicalId}): use letters, digits, _, @ and -, at most 60 characters with the prefix`,
  );
}

const isUnknown = (value: unknown) => isIntrinsic(value) || String(value).includes(KNOWN_AFTER_APPLY);

function checkSections(template: Template): void {
  const unknown = Object.keys(template).filter((name) => !SECTIONS.includes(name));
  if (unknown.length > 0)
    throw new TemplateError(`Invalid template property or properties [${unknown.join(', ')}]`);
  for (const section of ['Transform', 'Hooks']) {
    if (!Object.hasOwn(template, section)) continue;
    throw new TemplateError(`${FORMAT} ${section} is not supported by the local cloud; remove the section.`);
  }
  const { AWSTemplateFormatVersion: version = '2010-09-09' } = template;
  if (version !== '2010-09-09')
    throw new TemplateError(`${FORMAT} Unsupported AWSTemplateFormatVersion ${version}; use 2010-09-09.`);
  if (!isMap(template.Resources) || Object.keys(template.Resources).length === 0)
    throw new TemplateError(`${FORMAT} At least one Resources member must be defined.`);
  for (const [section, limit] of Object.entries(LIMITS)) {
    const count = Object.keys(template[section as keyof typeof LIMITS] ?? {}).length;
    if (count <= limit) continue;
    throw new TemplateError(
      `${FORMAT} Number of ${section.toLowerCase()}, ${count}, is greater than maximum allowed, ${limit}`,
    );
  }
}

function checkResource(id: string, resource: TemplateResource): void {
  if (!/^[A-Za-z0-9]{1,255}$/.test(id))
    throw new TemplateError(`${FORMAT} Resource name ${id} is non alphanumeric.`);
  if (!isMap(resource))
    throw new TemplateError(`${FORMAT} [/Resources/${id}] resource definition is malformed`);
  if (typeof resource.Type !== 'string') {
    throw new TemplateError(
      `${FORMAT} [/Resources/${id}] Every Resources object must contain a Type member.`,
    );
  }
  const unknown = Object.keys(resource).find((name) => !RESOURCE_MEMBERS.includes(name));
  if (unknown) throw new TemplateError(`Invalid template resource property '${unknown}' (resource ${id})`);
  for (const name of ['CreationPolicy', 'UpdatePolicy']) {
    if (Object.hasOwn(resource, name))
      throw new TemplateError(`${name} of resource ${id} is not supported by the local cloud; remove it.`);
  }
  for (const name of ['DeletionPolicy', 'UpdateReplacePolicy'] as const) {
    const { [name]: policy = 'Delete' } = resource;
    if (REMOVAL_POLICIES.includes(policy)) continue;
    const allowed = REMOVAL_POLICIES.join(', ');
    throw new TemplateError(`Unrecognized ${name} ${policy} for resource ${id}; use one of ${allowed}.`);
  }
}

function checkReferences(template: Template): void {
  const { Resources, Parameters = {}, Conditions = {}, Outputs = {} } = template;
  const isParameter = (name: string) => name.startsWith('AWS::') || Object.hasOwn(Parameters, name);
  const unresolved = (names: Iterable<string>) =>
    [...names].filter((name) => !isParameter(name) && !Object.hasOwn(Resources, name));

  const needed = Object.values(Resources).flatMap(({ Properties, DependsOn = [] }) => [
    ...unresolved(references(Properties)),
    ...[DependsOn].flat().filter((name) => !Object.hasOwn(Resources, name)),
  ]);
  if (needed.length > 0) throw unresolvedIn('Resources', needed);
  const shown = unresolved(references(Outputs));
  if (shown.length > 0) throw unresolvedIn('Outputs', shown);
  const tested = [...references(Conditions)].filter((name) => !isParameter(name));
  if (tested.length > 0) {
    throw new TemplateError(
      `${FORMAT} Unresolved dependencies [${tested.join(', ')}]. Cannot reference resources in the Conditions block of the template`,
    );
  }
}

/** Refuses `Fn::GetAtt` of an attribute that AWS's resource type does not have. */
function checkAttributes({ Resources, Outputs }: Template): void {
  const properties = Object.values(Resources).map(({ Properties }) => Properties);
  for (const [id, attribute] of attributeReferences([properties, Outputs])) {
    const type = Object.hasOwn(Resources, id) ? Resources[id]!.Type : undefined;
    if (type === undefined || !resourceFacts(type) || attributes(type).includes(attribute)) continue;
    throw new TemplateError(
      `Template error: resource ${id} does not support attribute type ${attribute} in Fn::GetAtt`,
    );
  }
}

export function unresolvedIn(section: 'Resources' | 'Outputs', names: readonly string[]): TemplateError {
  const list = [...new Set(names)].join(', ');
  return new TemplateError(
    `${FORMAT} Unresolved resource dependencies [${list}] in the ${section} block of the template`,
  );
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
