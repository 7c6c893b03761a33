import type {
  EndpointAccessMode,
  EndpointConfiguration,
  PatchOperation,
  SecurityPolicy,
} from '@aws-sdk/client-api-gateway';
import { camelCase, tagMap, type Properties, type ResourceType } from '../../../core/resource-type';
import { restApiId } from './api-parts';

/** Resource types of an API's authorizers and custom domain names. */
export const accessTypes: Record<string, ResourceType> = {
  'AWS::ApiGateway::Authorizer': {
    properties: [
      ...['AuthType', 'AuthorizerResultTtlInSeconds', 'IdentitySource', 'IdentityValidationExpression'],
      ...['Name', 'ProviderARNs', 'RestApiId', 'Type'],
    ],
    async create(properties, { cloud, caller }) {
      const { id } = await cloud.call(
        'apigateway',
        'CreateAuthorizer',
        {
          restApiId: restApiId(properties),
          name: properties.Name as string,
          type: properties.Type as 'COGNITO_USER_POOLS',
          providerARNs: properties.ProviderARNs as string[] | undefined,
          authType: properties.AuthType as string | undefined,
          authorizerResultTtlInSeconds: properties.AuthorizerResultTtlInSeconds as number | undefined,
          identitySource: properties.IdentitySource as string | undefined,
          identityValidationExpression: properties.IdentityValidationExpression as string | undefined,
        },
        caller,
      );
      return { physicalId: id!, attributes: { AuthorizerId: id } };
    },
    async update(properties, { cloud, caller }, before) {
      await cloud.call(
        'apigateway',
        'UpdateAuthorizer',
        {
          restApiId: restApiId(properties),
          authorizerId: before.physicalId,
          patchOperations: authorizerPatches(before.properties, properties),
        },
        caller,
      );
      return before;
    },
    fixed: ['Type'],
    async delete({ physicalId, properties }, { cloud, caller }) {
      await cloud.call(
        'apigateway',
        'DeleteAuthorizer',
        { restApiId: restApiId(properties), authorizerId: physicalId },
        caller,
      );
    },
  },

  'AWS::ApiGateway::DomainName': {
    properties: [
      ...['CertificateArn', 'DomainName', 'EndpointAccessMode', 'EndpointConfiguration'],
      ...['RegionalCertificateArn', 'SecurityPolicy', 'Tags'],
    ],
    async create(properties, { cloud, caller }) {
      const { DomainName, CertificateArn, RegionalCertificateArn, EndpointConfiguration } = properties;
      const domain = await cloud.call(
        'apigateway',
        'CreateDomainName',
        {
          domainName: DomainName as string,
          certificateArn: CertificateArn as string | undefined,
          regionalCertificateArn: RegionalCertificateArn as string | undefined,
          endpointConfiguration: camelCase(EndpointConfiguration) as EndpointConfiguration | undefined,
          securityPolicy: properties.SecurityPolicy as SecurityPolicy | undefined,
          endpointAccessMode: properties.EndpointAccessMode as EndpointAccessMode | undefined,
          tags: tagMap(properties.Tags),
        },
        caller,
      );
      const { domainName, domainNameArn, regionalDomainName } = domain;
      return {
        physicalId: domainName!,
        attributes: { DomainNameArn: domainNameArn, RegionalDomainName: regionalDomainName },
      };
    },
    async update(properties, { cloud, caller }, before) {
      const patchOperations = changes(before.properties, properties, {
        RegionalCertificateArn: '/regionalCertificateArn',
        SecurityPolicy: '/securityPolicy',
        EndpointAccessMode: '/endpointAccessMode',
      });
      const input = { domainName: before.physicalId, patchOperations };
      await cloud.call('apigateway', 'UpdateDomainName', input, caller);
      return before;
    },
    fixed: ['CertificateArn', 'EndpointConfiguration'],
    async delete({ physicalId }, { cloud, caller }) {
      await cloud.call('apigateway', 'DeleteDomainName', { domainName: physicalId }, caller);
    },
  },

  'AWS::ApiGateway::BasePathMapping': {
    properties: ['BasePath', 'DomainName', 'RestApiId', 'Stage'],
    async create(properties, { cloud, caller }) {
      const { BasePath, DomainName, Stage } = properties as Record<string, string | undefined>;
      const { basePath } = await cloud.call(
        'apigateway',
        'CreateBasePathMapping',
        { domainName: DomainName, basePath: BasePath, restApiId: restApiId(properties), stage: Stage },
        caller,
      );
      return { physicalId: `${DomainName}|${basePath}` };
    },
    async update(properties, { cloud, caller }, before) {
      const { domainName, basePath } = mappingKey(properties);
      const patchOperations = changes(before.properties, properties, {
        RestApiId: '/restapiId',
        Stage: '/stage',
      });
      await cloud.call(
        'apigateway',
        'UpdateBasePathMapping',
        { domainName, basePath, patchOperations },
        caller,
      );
      return before;
    },
    async delete({ properties }, { cloud, caller }) {
      await cloud.call('apigateway', 'DeleteBasePathMapping', mappingKey(properties), caller);
    },
  },
};

/** An empty base path is `(none)`: the API's reference of DeleteBasePathMapping. */
function mappingKey({ DomainName, BasePath }: Properties) {
  return { domainName: DomainName as string, basePath: (BasePath as string | undefined) || '(none)' };
}

/** Patches of the properties that differ, by the paths of the API. */
function changes(
  before: Properties,
  after: Properties,
  paths: Readonly<Record<string, string>>,
): PatchOperation[] {
  return Object.entries(paths)
    .filter(([name]) => before[name] !== after[name])
    .map(([name, path]) => ({ op: 'replace', path, value: after[name] as string | undefined }));
}

function authorizerPatches(before: Properties, after: Properties): PatchOperation[] {
  const pools = ({ ProviderARNs = [] }: Properties) => ProviderARNs as string[];
  const path = '/providerARNs';
  const added = pools(after).filter((arn) => !pools(before).includes(arn));
  const removed = pools(before).filter((arn) => !pools(after).includes(arn));
  const text = ({ AuthorizerResultTtlInSeconds: seconds, ...rest }: Properties): Properties => ({
    ...rest,
    ...(seconds !== undefined && { AuthorizerResultTtlInSeconds: String(seconds) }),
  });
  return [
    ...added.map((value): PatchOperation => ({ op: 'add', path, value })),
    ...removed.map((value): PatchOperation => ({ op: 'remove', path, value })),
    ...changes(text(before), text(after), {
      Name: '/name',
      AuthType: '/authType',
      AuthorizerResultTtlInSeconds: '/authorizerResultTtlInSeconds',
      IdentitySource: '/identitySource',
      IdentityValidationExpression: '/identityValidationExpression',
    }),
  ];
}
