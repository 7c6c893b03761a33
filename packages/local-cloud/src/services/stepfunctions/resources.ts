import type { LoggingConfiguration, Tag, TracingConfiguration } from '@aws-sdk/client-sfn';
import { camelCase, generatedName, type Properties, type ResourceType } from '../../core/resource-type';
import { DEFAULT_LOGGING, DEFAULT_TRACING } from './records';

export const stateMachineTypes: Record<string, ResourceType> = {
  'AWS::StepFunctions::StateMachine': {
    properties: [
      'DefinitionString',
      'LoggingConfiguration',
      'RoleArn',
      'StateMachineName',
      'StateMachineType',
      'Tags',
      'TracingConfiguration',
    ],
    async create(properties, context) {
      const { cloud, caller } = context;
      const name = (properties.StateMachineName as string | undefined) ?? generatedName(context, 80);
      const { stateMachineArn } = await cloud.call(
        'sfn',
        'CreateStateMachine',
        {
          name,
          type: (properties.StateMachineType as 'STANDARD' | 'EXPRESS' | undefined) ?? 'STANDARD',
          ...definition(properties),
          tags: tagsOf(properties),
        },
        caller,
      );
      return { physicalId: stateMachineArn!, attributes: { Arn: stateMachineArn, Name: name } };
    },
    async update(properties, { cloud, caller }, before) {
      const arn = before.physicalId;
      await cloud.call(
        'sfn',
        'UpdateStateMachine',
        { stateMachineArn: arn, ...definition(properties) },
        caller,
      );
      const tags = tagsOf(properties);
      const tagKeys = tagsOf(before.properties)
        .map(({ key }) => key!)
        .filter((key) => !tags.some((tag) => tag.key === key));
      if (tagKeys.length > 0) await cloud.call('sfn', 'UntagResource', { resourceArn: arn, tagKeys }, caller);
      if (tags.length > 0) await cloud.call('sfn', 'TagResource', { resourceArn: arn, tags }, caller);
      return before;
    },
    async delete({ physicalId }, { cloud, caller }) {
      await cloud.call('sfn', 'DeleteStateMachine', { stateMachineArn: physicalId }, caller);
    },
  },
};

function definition({ DefinitionString, RoleArn, LoggingConfiguration, TracingConfiguration }: Properties) {
  return {
    definition: DefinitionString as string,
    roleArn: RoleArn as string,
    loggingConfiguration: {
      ...DEFAULT_LOGGING,
      ...(camelCase(LoggingConfiguration) as LoggingConfiguration | undefined),
    },
    tracingConfiguration: {
      ...DEFAULT_TRACING,
      ...(camelCase(TracingConfiguration) as TracingConfiguration | undefined),
    },
  };
}

function tagsOf({ Tags = [] }: Properties): Tag[] {
  return camelCase(Tags) as Tag[];
}
