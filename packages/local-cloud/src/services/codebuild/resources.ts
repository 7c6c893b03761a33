import type { CreateProjectInput } from '@aws-sdk/client-codebuild';
import { camelCase, generatedName, type Properties, type ResourceType } from '../../core/resource-type';

export const buildTypes: Record<string, ResourceType> = {
  'AWS::CodeBuild::Project': {
    properties: [
      'Artifacts',
      'Cache',
      'Description',
      'EncryptionKey',
      'Environment',
      'LogsConfig',
      'Name',
      'ServiceRole',
      'Source',
      'Tags',
      'TimeoutInMinutes',
    ],
    async create(properties, context) {
      const { cloud, caller } = context;
      const name = (properties.Name as string | undefined) ?? generatedName(context, 150);
      await cloud.call('codebuild', 'CreateProject', input(name, properties), caller);
      return { physicalId: name, attributes: { Arn: cloud.arn('codebuild', `project/${name}`) } };
    },
    async update(properties, { cloud, caller }, before) {
      await cloud.call('codebuild', 'UpdateProject', input(before.physicalId, properties), caller);
      return before;
    },
    async delete({ physicalId }, { cloud, caller }) {
      await cloud.call('codebuild', 'DeleteProject', { name: physicalId }, caller);
    },
  },
};

/** CloudFormation has `BuildSpec`, the API has `buildspec`. */
function input(name: string, { Source, Tags: _tags, ...properties }: Properties): CreateProjectInput {
  const { BuildSpec, ...source } = Source as Record<string, unknown>;
  return {
    ...(camelCase(properties) as Omit<CreateProjectInput, 'name' | 'source'>),
    name,
    source: {
      ...(camelCase(source) as CreateProjectInput['source']),
      buildspec: BuildSpec as string,
    } as NonNullable<CreateProjectInput['source']>,
  };
}
