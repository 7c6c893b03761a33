import type { LoggingConfiguration } from '@aws-sdk/client-sfn';
import { camelCase, generatedName, type Properties, type ResourceType } from '../../core/resource-type';

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
        },
        caller,
      );
      return { physicalId: stateMachineArn!, attributes: { Arn: stateMachineArn, Name: name } };
    },
    async update(properties, { cloud, caller }, before) {
      await cloud.call(
        'sfn',
        'UpdateStateMachine',
        { stateMachineArn: before.physicalId, ...definition(properties) },
        caller,
      );
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
    loggingConfiguration: camelCase(LoggingConfiguration) as LoggingConfiguration | undefined,
    tracingConfiguration: camelCase(TracingConfiguration) as { enabled?: boolean } | undefined,
  };
}
