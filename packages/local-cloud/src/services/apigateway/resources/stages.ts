import type { AccessLogSettings, PatchOperation } from '@aws-sdk/client-api-gateway';
import {
  camelCase,
  tagMap,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../../../core/resource-type';
import { restApiId } from './rest-apis';

/** Resource types that make a REST API callable. */
export const stageTypes: Record<string, ResourceType> = {
  'AWS::ApiGateway::Deployment': {
    properties: ['Description', 'RestApiId'],
    async create(properties, { cloud, caller }) {
      const { id } = await cloud.call(
        'apigateway',
        'CreateDeployment',
        { restApiId: restApiId(properties), description: properties.Description as string | undefined },
        caller,
      );
      return { physicalId: id!, attributes: { DeploymentId: id } };
    },
    async delete({ physicalId, properties }, { cloud, caller }) {
      await cloud.call(
        'apigateway',
        'DeleteDeployment',
        { restApiId: restApiId(properties), deploymentId: physicalId },
        caller,
      );
    },
  },

  'AWS::ApiGateway::Stage': {
    properties: [
      'AccessLogSetting',
      'DeploymentId',
      'Description',
      'MethodSettings',
      'RestApiId',
      'StageName',
      'Tags',
      'TracingEnabled',
      'Variables',
    ],
    async create(properties, context) {
      const { cloud, caller } = context;
      const stageName = properties.StageName as string;
      await cloud.call(
        'apigateway',
        'CreateStage',
        {
          restApiId: restApiId(properties),
          stageName,
          deploymentId: properties.DeploymentId as string,
          tracingEnabled: properties.TracingEnabled === true,
          variables: properties.Variables as Record<string, string> | undefined,
          tags: tagMap(properties.Tags),
        },
        caller,
      );
      context.made({ physicalId: stageName });
      await updateStage(stageName, properties, context);
      return { physicalId: stageName };
    },
    async update(properties, context, before) {
      await updateStage(before.physicalId, properties, context);
      return before;
    },
    async delete({ physicalId, properties }, { cloud, caller }) {
      await cloud.call(
        'apigateway',
        'DeleteStage',
        { restApiId: restApiId(properties), stageName: physicalId },
        caller,
      );
    },
  },
};

/** Sets the stage's properties beyond those of its creation with patches, as CloudFormation does. */
async function updateStage(
  stageName: string,
  properties: Properties,
  { cloud, caller }: ResourceContext,
): Promise<void> {
  const patches: PatchOperation[] = [
    { op: 'replace', path: '/deploymentId', value: properties.DeploymentId as string },
  ];
  const accessLog = camelCase(properties.AccessLogSetting) as AccessLogSettings | undefined;
  if (accessLog) {
    patches.push({
      op: 'replace',
      path: '/accessLogSettings/destinationArn',
      value: accessLog.destinationArn,
    });
    patches.push({ op: 'replace', path: '/accessLogSettings/format', value: accessLog.format });
  }
  const settings = (properties.MethodSettings ?? []) as Record<string, unknown>[];
  for (const { ResourcePath, HttpMethod, ...values } of settings) {
    const path = `/${(ResourcePath as string).replace(/^\//, '').replaceAll('/', '~1')}/${HttpMethod as string}`;
    for (const [name, setting] of Object.entries(METHOD_SETTINGS)) {
      if (values[name] === undefined) continue;
      patches.push({ op: 'replace', path: `${path}/${setting}`, value: String(values[name]) });
    }
  }
  await cloud.call(
    'apigateway',
    'UpdateStage',
    { restApiId: restApiId(properties), stageName, patchOperations: patches },
    caller,
  );
}

/** CloudFormation's names of method settings, with the paths of the API's patches. */
const METHOD_SETTINGS: Readonly<Record<string, string>> = {
  LoggingLevel: 'logging/loglevel',
  MetricsEnabled: 'metrics/enabled',
  DataTraceEnabled: 'logging/dataTrace',
  ThrottlingBurstLimit: 'throttling/burstLimit',
  ThrottlingRateLimit: 'throttling/rateLimit',
};
