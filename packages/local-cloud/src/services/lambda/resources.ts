import type { CreateFunctionCommandInput } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import {
  generatedName,
  tagMap,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../../core/resource-type';

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
      const { Code, Tags, ReservedConcurrentExecutions, ...rest } = properties;
      const { FunctionArn } = await cloud.call(
        'lambda',
        'CreateFunction',
        { ...(rest as unknown as FunctionInput), Code: codeOf(Code), FunctionName, Tags: tagMap(Tags) },
        caller,
      );
      const created = { physicalId: FunctionName, attributes: { Arn: FunctionArn } };
      context.made(created);
      if (ReservedConcurrentExecutions !== undefined) await reserve(FunctionName, properties, context);
      return created;
    },
    async update(properties, context, before) {
      const { cloud, caller } = context;
      const FunctionName = before.physicalId;
      const {
        Code,
        Architectures = ['x86_64'],
        Tags: _tags,
        ReservedConcurrentExecutions,
        FunctionName: _name,
        ...configuration
      } = properties as unknown as FunctionInput & { ReservedConcurrentExecutions?: number };
      await cloud.call(
        'lambda',
        'UpdateFunctionConfiguration',
        {
          ...defaults(FunctionName),
          ...configuration,
          ...logging(before.properties, properties),
          FunctionName,
        },
        caller,
      );
      const code = { FunctionName, Architectures, ...codeOf(Code) };
      await cloud.call('lambda', 'UpdateFunctionCode', code, caller);
      if (ReservedConcurrentExecutions !== before.properties.ReservedConcurrentExecutions)
        await reserve(FunctionName, properties, context);
      await retag(cloud.arn('lambda', `function:${FunctionName}`), before.properties, properties, context);
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

/** Lambda's settings of a function whose template has only the required properties. */
function defaults(FunctionName: string) {
  return {
    ...{ Description: '', Timeout: 3, MemorySize: 128, Environment: { Variables: {} } },
    TracingConfig: { Mode: 'PassThrough' as const },
    LoggingConfig: { LogFormat: 'Text' as const, LogGroup: `/aws/lambda/${FunctionName}` },
    VpcConfig: { SubnetIds: [], SecurityGroupIds: [] },
  };
}

/** Completes a logging configuration with the defaults of the members that were removed from it. */
function logging(before: Properties, { LoggingConfig }: Properties) {
  if (LoggingConfig === undefined) return {};
  const wanted = LoggingConfig as NonNullable<FunctionInput['LoggingConfig']>;
  const was = (before.LoggingConfig ?? {}) as NonNullable<FunctionInput['LoggingConfig']>;
  const { LogFormat = 'Text' } = wanted;
  // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html: INFO if no level is set.
  const levels = {
    ...(was.ApplicationLogLevel !== undefined && { ApplicationLogLevel: 'INFO' as const }),
    ...(was.SystemLogLevel !== undefined && { SystemLogLevel: 'INFO' as const }),
  };
  return { LoggingConfig: { ...(LogFormat === 'JSON' && levels), ...wanted, LogFormat } };
}

/**
 * Inline code becomes the file `index.js` of a package: "the index file that CloudFormation creates uses the extension
 * .js" (reference of AWS::Lambda::Function Code).
 */
function codeOf(code: unknown): FunctionInput['Code'] {
  const { ZipFile, ...source } = code as { ZipFile?: string };
  if (ZipFile === undefined) return source;
  // The same text has the same package, so the time in it is fixed: the first that a zip file can have.
  const time = new Date(1980, 0, 1);
  return { ...source, ZipFile: zipSync({ 'index.js': [strToU8(ZipFile), { mtime: time }] }) };
}

async function reserve(
  FunctionName: string,
  { ReservedConcurrentExecutions }: Properties,
  { cloud, caller }: ResourceContext,
): Promise<void> {
  if (ReservedConcurrentExecutions === undefined) {
    await cloud.call('lambda', 'DeleteFunctionConcurrency', { FunctionName }, caller);
    return;
  }
  const input = { FunctionName, ReservedConcurrentExecutions: Number(ReservedConcurrentExecutions) };
  await cloud.call('lambda', 'PutFunctionConcurrency', input, caller);
}

async function retag(
  Resource: string,
  before: Properties,
  after: Properties,
  { cloud, caller }: ResourceContext,
): Promise<void> {
  const [was = {}, Tags = {}] = [tagMap(before.Tags), tagMap(after.Tags)];
  const TagKeys = Object.keys(was).filter((key) => !Object.hasOwn(Tags, key));
  if (TagKeys.length > 0) await cloud.call('lambda', 'UntagResource', { Resource, TagKeys }, caller);
  const changed = Object.entries(Tags).some(([key, value]) => was[key] !== value);
  if (changed) await cloud.call('lambda', 'TagResource', { Resource, Tags }, caller);
}
