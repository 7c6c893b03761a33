import {
  generatedName,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../../core/resource-type';

export const parameterTypes: Record<string, ResourceType> = {
  'AWS::SSM::Parameter': {
    properties: ['AllowedPattern', 'Description', 'Name', 'Tags', 'Tier', 'Type', 'Value'],
    async create(properties, context) {
      const name = (properties.Name as string | undefined) ?? generatedName(context, 512);
      await put(name, properties, context);
      return { physicalId: name, attributes: { Type: properties.Type, Value: properties.Value } };
    },
    async update(properties, context, before) {
      await put(before.physicalId, properties, context, before.properties);
      await retag(before.physicalId, before.properties, properties, context);
      return { ...before, attributes: { Type: properties.Type, Value: properties.Value } };
    },
    async delete({ physicalId }, { cloud, caller }) {
      await cloud.call('ssm', 'DeleteParameter', { Name: physicalId }, caller);
    },
  },
};

/** @param before the properties of the existing parameter, to overwrite it */
async function put(
  Name: string,
  { Type, Value, Description, Tier, AllowedPattern, Tags }: Properties,
  { cloud, caller }: ResourceContext,
  before?: Properties,
): Promise<void> {
  await cloud.call(
    'ssm',
    'PutParameter',
    {
      Name,
      Overwrite: before !== undefined,
      Type: Type as 'String' | 'StringList',
      Value: Value as string,
      Description: (Description ?? (before?.Description === undefined ? undefined : '')) as
        | string
        | undefined,
      AllowedPattern: AllowedPattern as string | undefined,
      Tier: Tier as 'Standard' | 'Advanced' | undefined,
      // PutParameter does not change the tags of an existing parameter.
      Tags: before || Tags === undefined ? undefined : tagList(Tags),
    },
    caller,
  );
}

async function retag(
  ResourceId: string,
  { Tags: was = {} }: Properties,
  { Tags = {} }: Properties,
  { cloud, caller }: ResourceContext,
): Promise<void> {
  const parameter = { ResourceType: 'Parameter' as const, ResourceId };
  const TagKeys = Object.keys(was as object).filter((key) => !Object.hasOwn(Tags as object, key));
  if (TagKeys.length > 0)
    await cloud.call('ssm', 'RemoveTagsFromResource', { ...parameter, TagKeys }, caller);
  const list = tagList(Tags);
  if (list.length > 0) await cloud.call('ssm', 'AddTagsToResource', { ...parameter, Tags: list }, caller);
}

/** The tags of this type are a map. */
function tagList(tags: unknown): { Key: string; Value: string }[] {
  return Object.entries(tags as Record<string, string>).map(([Key, Value]) => ({ Key, Value }));
}
