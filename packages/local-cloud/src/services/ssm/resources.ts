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
      await put(name, properties, context, false);
      return { physicalId: name, attributes: { Type: properties.Type, Value: properties.Value } };
    },
    async update(properties, context, before) {
      await put(before.physicalId, properties, context, true);
      return { ...before, attributes: { Type: properties.Type, Value: properties.Value } };
    },
    async delete({ physicalId }, { cloud, caller }) {
      await cloud.call('ssm', 'DeleteParameter', { Name: physicalId }, caller);
    },
  },
};

async function put(
  Name: string,
  { Type, Value, Description }: Properties,
  { cloud, caller }: ResourceContext,
  Overwrite: boolean,
): Promise<void> {
  await cloud.call(
    'ssm',
    'PutParameter',
    {
      Name,
      Overwrite,
      Type: Type as 'String' | 'StringList',
      Value: Value as string,
      Description: Description as string | undefined,
    },
    caller,
  );
}
