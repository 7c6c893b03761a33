import type { CreateProjectInput } from '@aws-sdk/client-codebuild';
import {
  camelCase,
  generatedName,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../../core/resource-type';

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
    async update(properties, context, before) {
      const { cloud, caller } = context;
      await cloud.call(
        'codebuild',
        'UpdateProject',
        { ...removed(context, before.properties, properties), ...input(before.physicalId, properties) },
        caller,
      );
      return before;
    },
    async delete({ physicalId }, { cloud, caller }) {
      await cloud.call('codebuild', 'DeleteProject', { name: physicalId }, caller);
    },
  },
};

/** Returns CodeBuild's defaults of the properties that were removed from a template. */
function removed({ cloud }: ResourceContext, before: Properties, after: Properties): object {
  const defaults = {
    Cache: { type: 'NO_CACHE' },
    Description: '',
    EncryptionKey: cloud.arn('kms', 'alias/aws/s3'),
    LogsConfig: { cloudWatchLogs: { status: 'ENABLED' }, s3Logs: { status: 'DISABLED' } },
    Tags: [],
    TimeoutInMinutes: 60,
  };
  const gone = Object.entries(defaults).filter(
    ([name]) => before[name] !== undefined && after[name] === undefined,
  );
  return camelCase(Object.fromEntries(gone)) as object;
}

/** CloudFormation has `BuildSpec`, the API has `buildspec`. */
function input(name: string, { Source, ...properties }: Properties): CreateProjectInput {
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
