import type { GatewayResponseType, IntegrationType, PatchOperation } from '@aws-sdk/client-api-gateway';
import {
  camelCase,
  generatedName,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../../../core/resource-type';

export const restApiId = ({ RestApiId }: Properties) => RestApiId as string;

/** Resource types of the parts of a REST API that a deployment has. */
export const apiPartTypes: Record<string, ResourceType> = {
  'AWS::ApiGateway::Resource': {
    properties: ['ParentId', 'PathPart', 'RestApiId'],
    async create(properties, { cloud, caller }) {
      const { id } = await cloud.call(
        'apigateway',
        'CreateResource',
        {
          restApiId: restApiId(properties),
          parentId: properties.ParentId as string,
          pathPart: properties.PathPart as string,
        },
        caller,
      );
      return { physicalId: id! };
    },
    async delete({ physicalId, properties }, { cloud, caller }) {
      await cloud.call(
        'apigateway',
        'DeleteResource',
        { restApiId: restApiId(properties), resourceId: physicalId },
        caller,
      );
    },
  },

  'AWS::ApiGateway::Method': {
    properties: [
      'ApiKeyRequired',
      'AuthorizationScopes',
      'AuthorizationType',
      'AuthorizerId',
      'HttpMethod',
      'Integration',
      'RequestModels',
      'RequestParameters',
      'RequestValidatorId',
      'ResourceId',
      'RestApiId',
    ],
    async create(properties, context) {
      const method = { physicalId: `${context.logicalId}-${properties.HttpMethod as string}` };
      await putMethod(properties, context, () => context.made(method));
      return method;
    },
    async update(properties, context, before) {
      await deleteMethod(before.properties, context);
      await putMethod(properties, context);
      return before;
    },
    delete: async ({ properties }, context) => deleteMethod(properties, context),
  },

  'AWS::ApiGateway::Model': {
    properties: ['ContentType', 'Description', 'Name', 'RestApiId', 'Schema'],
    async create(properties, context) {
      const name =
        (properties.Name as string | undefined) ?? generatedName(context, 128).replace(/[^a-zA-Z0-9]/g, '');
      await context.cloud.call(
        'apigateway',
        'CreateModel',
        {
          restApiId: restApiId(properties),
          name,
          contentType: (properties.ContentType as string | undefined) ?? 'application/json',
          description: properties.Description as string | undefined,
          schema: JSON.stringify(properties.Schema),
        },
        context.caller,
      );
      return { physicalId: name };
    },
    async update({ Description = '', Schema, ...properties }, { cloud, caller }, before) {
      const patchOperations: PatchOperation[] = [
        { op: 'replace', path: '/description', value: Description as string },
        { op: 'replace', path: '/schema', value: JSON.stringify(Schema) },
      ];
      const input = { restApiId: restApiId(properties), modelName: before.physicalId, patchOperations };
      await cloud.call('apigateway', 'UpdateModel', input, caller);
      return before;
    },
    async delete({ physicalId, properties }, { cloud, caller }) {
      await cloud.call(
        'apigateway',
        'DeleteModel',
        { restApiId: restApiId(properties), modelName: physicalId },
        caller,
      );
    },
  },

  'AWS::ApiGateway::RequestValidator': {
    properties: ['Name', 'RestApiId', 'ValidateRequestBody', 'ValidateRequestParameters'],
    async create(properties, { cloud, caller }) {
      const { id } = await cloud.call(
        'apigateway',
        'CreateRequestValidator',
        {
          restApiId: restApiId(properties),
          name: properties.Name as string | undefined,
          validateRequestBody: properties.ValidateRequestBody === true,
          validateRequestParameters: properties.ValidateRequestParameters === true,
        },
        caller,
      );
      return { physicalId: id! };
    },
    async update(properties, { cloud, caller }, before) {
      const patchOperations = (['ValidateRequestBody', 'ValidateRequestParameters'] as const).map(
        (name): PatchOperation => ({
          op: 'replace',
          path: `/v${name.slice(1)}`,
          value: String(properties[name] === true),
        }),
      );
      const input = {
        restApiId: restApiId(properties),
        requestValidatorId: before.physicalId,
        patchOperations,
      };
      await cloud.call('apigateway', 'UpdateRequestValidator', input, caller);
      return before;
    },
    async delete({ physicalId, properties }, { cloud, caller }) {
      await cloud.call(
        'apigateway',
        'DeleteRequestValidator',
        { restApiId: restApiId(properties), requestValidatorId: physicalId },
        caller,
      );
    },
  },

  'AWS::ApiGateway::GatewayResponse': {
    properties: ['ResponseParameters', 'ResponseTemplates', 'ResponseType', 'RestApiId', 'StatusCode'],
    async create(properties, context) {
      await putGatewayResponse(properties, context);
      return { physicalId: `${restApiId(properties)}-${properties.ResponseType as string}` };
    },
    async update(properties, context, before) {
      await putGatewayResponse(properties, context);
      return before;
    },
    async delete({ properties }, { cloud, caller }) {
      await cloud.call(
        'apigateway',
        'DeleteGatewayResponse',
        { restApiId: restApiId(properties), responseType: properties.ResponseType as GatewayResponseType },
        caller,
      );
    },
  },
};

async function putMethod(
  properties: Properties,
  { cloud, caller }: ResourceContext,
  made = () => undefined as void,
): Promise<void> {
  const key = {
    restApiId: restApiId(properties),
    resourceId: properties.ResourceId as string,
    httpMethod: properties.HttpMethod as string,
  };
  await cloud.call(
    'apigateway',
    'PutMethod',
    {
      ...key,
      authorizationType: properties.AuthorizationType as string,
      authorizerId: properties.AuthorizerId as string | undefined,
      authorizationScopes: properties.AuthorizationScopes as string[] | undefined,
      apiKeyRequired: properties.ApiKeyRequired === true,
      requestModels: properties.RequestModels as Record<string, string> | undefined,
      requestParameters: properties.RequestParameters as Record<string, boolean> | undefined,
      requestValidatorId: properties.RequestValidatorId as string | undefined,
    },
    caller,
  );
  made();
  const integration = properties.Integration as Record<string, unknown> | undefined;
  if (!integration) return;
  const { Type, IntegrationHttpMethod, IntegrationResponses: _ignoredByProxies, ...members } = integration;
  await cloud.call(
    'apigateway',
    'PutIntegration',
    {
      ...key,
      ...(camelCase(members, ['RequestParameters', 'RequestTemplates']) as object),
      type: Type as IntegrationType,
      integrationHttpMethod: IntegrationHttpMethod as string | undefined,
    },
    caller,
  );
}

async function deleteMethod(properties: Properties, { cloud, caller }: ResourceContext): Promise<void> {
  await cloud.call(
    'apigateway',
    'DeleteMethod',
    {
      restApiId: restApiId(properties),
      resourceId: properties.ResourceId as string,
      httpMethod: properties.HttpMethod as string,
    },
    caller,
  );
}

async function putGatewayResponse(properties: Properties, { cloud, caller }: ResourceContext): Promise<void> {
  await cloud.call(
    'apigateway',
    'PutGatewayResponse',
    {
      restApiId: restApiId(properties),
      responseType: properties.ResponseType as GatewayResponseType,
      statusCode: properties.StatusCode as string | undefined,
      responseParameters: properties.ResponseParameters as Record<string, string> | undefined,
      responseTemplates: properties.ResponseTemplates as Record<string, string> | undefined,
    },
    caller,
  );
}
