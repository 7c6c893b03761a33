import type {
  EndpointAccessMode,
  EndpointConfiguration,
  PatchOperation,
  SecurityPolicy,
} from '@aws-sdk/client-api-gateway';
import {
  camelCase,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../../../core/resource-type';

/** Resource types of REST APIs and of their account's settings; `api-parts.ts` has the parts of an API. */
export const restApiTypes: Record<string, ResourceType> = {
  'AWS::ApiGateway::RestApi': {
    properties: [
      ...['BinaryMediaTypes', 'Description', 'EndpointAccessMode', 'EndpointConfiguration', 'Name'],
      ...['Policy', 'SecurityPolicy', 'Tags'],
    ],
    async create(properties, { cloud, caller }) {
      const { Name, Description, EndpointConfiguration } = properties;
      const api = await cloud.call(
        'apigateway',
        'CreateRestApi',
        {
          name: Name as string,
          description: Description as string | undefined,
          endpointConfiguration: camelCase(EndpointConfiguration) as EndpointConfiguration | undefined,
          binaryMediaTypes: binaryTypes(properties),
          policy: policyText(properties),
          securityPolicy: properties.SecurityPolicy as SecurityPolicy | undefined,
          endpointAccessMode: properties.EndpointAccessMode as EndpointAccessMode | undefined,
        },
        caller,
      );
      return { physicalId: api.id!, attributes: { RestApiId: api.id, RootResourceId: api.rootResourceId } };
    },
    async update(properties, { cloud, caller }, before) {
      const { Name, Description = '' } = properties;
      const [had, has] = [binaryTypes(before.properties), binaryTypes(properties)];
      const patchOperations: PatchOperation[] = [
        { op: 'replace', path: '/name', value: Name as string },
        { op: 'replace', path: '/description', value: Description as string },
        ...tlsPatches(before.properties, properties),
        ...policyPatches(before.properties, properties),
        ...has.filter((type) => !had.includes(type)).map((type) => binaryPatch('add', type)),
        ...had.filter((type) => !has.includes(type)).map((type) => binaryPatch('remove', type)),
      ];
      await cloud.call(
        'apigateway',
        'UpdateRestApi',
        { restApiId: before.physicalId, patchOperations },
        caller,
      );
      return before;
    },
    fixed: ['EndpointConfiguration'],
    async delete({ physicalId }, { cloud, caller }) {
      await cloud.call('apigateway', 'DeleteRestApi', { restApiId: physicalId }, caller);
    },
  },

  'AWS::ApiGateway::Account': {
    properties: ['CloudWatchRoleArn'],
    async create(properties, context) {
      await updateAccount(properties, context);
      return { physicalId: context.logicalId };
    },
    async update(properties, context, before) {
      await updateAccount(properties, context);
      return before;
    },
    delete: async () => undefined,
  },
};

/** Returns the binary media types of a template, which may write their slash as `~1`. */
function binaryTypes({ BinaryMediaTypes = [] }: Properties): string[] {
  return (BinaryMediaTypes as string[]).map((type) => type.replaceAll('~1', '/'));
}

function binaryPatch(op: 'add' | 'remove', type: string): PatchOperation {
  return { op, path: `/binaryMediaTypes/${type.replaceAll('/', '~1')}` };
}

async function updateAccount(
  { CloudWatchRoleArn }: Properties,
  { cloud, caller }: ResourceContext,
): Promise<void> {
  await cloud.call(
    'apigateway',
    'UpdateAccount',
    { patchOperations: [{ op: 'replace', path: '/cloudwatchRoleArn', value: CloudWatchRoleArn as string }] },
    caller,
  );
}

function policyText({ Policy }: Properties): string | undefined {
  return Policy === undefined ? undefined : JSON.stringify(Policy);
}

function policyPatches(before: Properties, after: Properties): PatchOperation[] {
  const [had = '', has = ''] = [policyText(before), policyText(after)];
  return had === has ? [] : [{ op: 'replace', path: '/policy', value: has }];
}

/** Patches of the security policy and its access mode, of those that the properties change. */
function tlsPatches(before: Properties, properties: Properties): PatchOperation[] {
  return (['EndpointAccessMode', 'SecurityPolicy'] as const)
    .filter((name) => before[name] !== properties[name])
    .map((name) => ({
      op: 'replace',
      path: `/${name.charAt(0).toLowerCase()}${name.slice(1)}`,
      value: properties[name] as string | undefined,
    }));
}
