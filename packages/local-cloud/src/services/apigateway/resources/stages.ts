import type { AccessLogSettings, PatchOperation } from '@aws-sdk/client-api-gateway';
import {
  camelCase,
  tagMap,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../../../core/resource-type';
import { restApiId } from './api-parts';

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
          description: properties.Description as string | undefined,
          tracingEnabled: properties.TracingEnabled === true,
          variables: properties.Variables as Record<string, string> | undefined,
          tags: tagMap(properties.Tags),
        },
        caller,
      );
      context.made({ physicalId: stageName });
      await updateStage(stageName, {}, properties, context);
      return { physicalId: stageName };
    },
    async update(properties, context, before) {
      await updateStage(before.physicalId, before.properties, properties, context);
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
  before: Properties,
  properties: Properties,
  { cloud, caller }: ResourceContext,
): Promise<void> {
  const patches: PatchOperation[] = [
    { op: 'replace', path: '/deploymentId', value: properties.DeploymentId as string },
    { op: 'replace', path: '/description', value: (properties.Description as string | undefined) ?? '' },
    { op: 'replace', path: '/tracingEnabled', value: String(properties.TracingEnabled === true) },
    ...variablePatches(before, properties),
  ];
  const accessLog = camelCase(properties.AccessLogSetting) as AccessLogSettings | undefined;
  if (!accessLog && before.AccessLogSetting !== undefined)
    patches.push({ op: 'remove', path: '/accessLogSettings' });
  if (accessLog) {
    patches.push({
      op: 'replace',
      path: '/accessLogSettings/destinationArn',
      value: accessLog.destinationArn,
    });
    patches.push({ op: 'replace', path: '/accessLogSettings/format', value: accessLog.format });
  }
  const wanted = methodSettings(properties);
  for (const path of methodSettings(before).keys()) {
    if (!wanted.has(path)) patches.push({ op: 'remove', path });
  }
  for (const [path, value] of wanted) patches.push({ op: 'replace', path, value });
  await cloud.call(
    'apigateway',
    'UpdateStage',
    { restApiId: restApiId(properties), stageName, patchOperations: patches },
    caller,
  );
}

function variablePatches(
  { Variables: was = {} }: Properties,
  { Variables = {} }: Properties,
): PatchOperation[] {
  const wanted = Variables as Record<string, string>;
  const gone = Object.keys(was as object).filter((name) => !Object.hasOwn(wanted, name));
  return [
    ...gone.map((name): PatchOperation => ({ op: 'remove', path: `/variables/${name}` })),
    ...Object.entries(wanted).map(
      ([name, value]): PatchOperation => ({ op: 'replace', path: `/variables/${name}`, value }),
    ),
  ];
}

/** Returns the values of the method settings by the paths of their patches. */
function methodSettings({ MethodSettings = [] }: Properties): Map<string, string> {
  const found = new Map<string, string>();
  for (const { ResourcePath, HttpMethod, ...values } of MethodSettings as Record<string, unknown>[]) {
    const path = `/${(ResourcePath as string).replace(/^\//, '').replaceAll('/', '~1')}/${HttpMethod as string}`;
    for (const [name, setting] of Object.entries(METHOD_SETTINGS)) {
      if (values[name] !== undefined) found.set(`${path}/${setting}`, String(values[name]));
    }
  }
  return found;
}

/** CloudFormation's names of method settings, with the paths of the API's patches. */
const METHOD_SETTINGS: Readonly<Record<string, string>> = {
  LoggingLevel: 'logging/loglevel',
  MetricsEnabled: 'metrics/enabled',
  DataTraceEnabled: 'logging/dataTrace',
  ThrottlingBurstLimit: 'throttling/burstLimit',
  ThrottlingRateLimit: 'throttling/rateLimit',
};
