import type { CreateFunctionCommandInput } from '@aws-sdk/client-lambda';
import { generatedName, tagMap, type ResourceType } from '../../core/resource-type';

type FunctionInput = CreateFunctionCommandInput;

export const functionTypes: Record<string, ResourceType> = {
  'AWS::Lambda::Function': {
    properties: [
      'Architectures',
      'Code',
      'Description',
      'Environment',
      'FunctionName',
      'Handler',
      'LoggingConfig',
      'MemorySize',
      'ReservedConcurrentExecutions',
      'Role',
      'Runtime',
      'Tags',
      'Timeout',
      'TracingConfig',
      'VpcConfig',
    ],
    async create(properties, context) {
      const { cloud, caller } = context;
      const FunctionName = (properties.FunctionName as string | undefined) ?? generatedName(context, 64);
      const { Tags, ReservedConcurrentExecutions: _reserved, ...rest } = properties;
      const { FunctionArn } = await cloud.call(
        'lambda',
        'CreateFunction',
        { ...(rest as unknown as FunctionInput), FunctionName, Tags: tagMap(Tags) },
        caller,
      );
      return { physicalId: FunctionName, attributes: { Arn: FunctionArn } };
    },
    async update(properties, { cloud, caller }, before) {
      const FunctionName = before.physicalId;
      const {
        Code,
        Architectures,
        Tags: _tags,
        ReservedConcurrentExecutions: _reserved,
        FunctionName: _name,
        ...configuration
      } = properties as unknown as FunctionInput & { ReservedConcurrentExecutions?: number };
      // A VpcConfig that was removed from the template removes the function from the VPC.
      const VpcConfig = configuration.VpcConfig ?? { SubnetIds: [], SecurityGroupIds: [] };
      await cloud.call(
        'lambda',
        'UpdateFunctionConfiguration',
        { ...configuration, VpcConfig, FunctionName },
        caller,
      );
      await cloud.call('lambda', 'UpdateFunctionCode', { FunctionName, Architectures, ...Code }, caller);
      return before;
    },
    async delete({ physicalId }, { cloud, caller }) {
      await cloud.call('lambda', 'DeleteFunction', { FunctionName: physicalId }, caller);
    },
  },

  'AWS::Lambda::Permission': {
    properties: ['Action', 'FunctionName', 'Principal', 'SourceAccount', 'SourceArn'],
    async create(properties, context) {
      const { cloud, caller } = context;
      const StatementId = generatedName(context, 100);
      const { Action, FunctionName, Principal, SourceAccount, SourceArn } = properties as Record<
        string,
        string
      >;
      await cloud.call(
        'lambda',
        'AddPermission',
        {
          StatementId,
          Action: Action!,
          FunctionName: FunctionName!,
          Principal: Principal!,
          SourceAccount,
          SourceArn,
        },
        caller,
      );
      return { physicalId: StatementId };
    },
    async delete({ physicalId, properties }, { cloud, caller }) {
      await cloud.call(
        'lambda',
        'RemovePermission',
        { FunctionName: properties.FunctionName as string, StatementId: physicalId },
        caller,
      );
    },
  },
};
