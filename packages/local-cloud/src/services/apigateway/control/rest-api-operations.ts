import type { RestApi as ShownApi } from '@aws-sdk/client-api-gateway';
import { notSupported } from '../../../model/errors';
import { page } from '../../../core/paging';
import type { Operations } from '../../../core/service';
import { apiPolicy } from './api-policy';
import { assertNotMapped, checkTls } from './domains';
import { badRequest, PAGE, refuse } from './requests';
import { newId, type ApiGatewayState, type RestApi, type Resource } from './state';

/**
 * Path of a binary media type, with `~1` for its slash.
 *
 * https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateRestApi-Patch
 */
const BINARY_MEDIA_TYPE = /^\/binaryMediaTypes\/([^/]+)$/;

/** Operations on REST APIs; those on their parts are in `definition-operations.ts`. */
export function restApiOperations(state: ApiGatewayState): Operations<'apigateway'> {
  return {
    async CreateRestApi(input) {
      const { name = '', description, binaryMediaTypes = [], endpointConfiguration, tags = {} } = input;
      refuse(input, ['apiKeySource', 'cloneFrom', 'disableExecuteApiEndpoint', 'minimumCompressionSize']);
      const [endpointType = 'EDGE'] = endpointConfiguration?.types ?? [];
      if (endpointType === 'PRIVATE') throw notSupported('PRIVATE REST APIs', 'Choose REGIONAL or EDGE.');
      const tls = { securityPolicy: input.securityPolicy, endpointAccessMode: input.endpointAccessMode };
      checkTls(tls);
      const root: Resource = { id: newId(10), path: '/', methods: {} };
      const id = newId(10);
      const api: RestApi = {
        ...{ id, name, description, endpointType, rootResourceId: root.id, tags, ...tls },
        created: state.cloud.clock.now(),
        definition: {
          policy: input.policy ? apiPolicy(state.cloud, id, input.policy) : undefined,
          binaryMediaTypes,
          resources: { [root.id]: root },
          models: {},
          validators: {},
          gatewayResponses: {},
          authorizers: {},
        },
        ...{ deployments: {}, stages: {} },
      };
      state.data.apis[api.id] = api;
      state.changed();
      return showApi(api);
    },

    async GetRestApi({ restApiId }) {
      return showApi(state.api(restApiId));
    },

    async GetRestApis({ limit = PAGE, position }) {
      const { items, nextToken } = page(
        Object.values(state.data.apis),
        ({ id }) => id,
        limit,
        position,
        badRequest,
      );
      return { items: items.map(showApi), position: nextToken };
    },

    async UpdateRestApi({ restApiId, patchOperations = [] }) {
      const api = state.api(restApiId);
      const { name, description, securityPolicy, endpointAccessMode } = api;
      const patched: Patched = { name, description, securityPolicy, endpointAccessMode };
      const binary = new Set(api.definition.binaryMediaTypes);
      let { policy } = api.definition;
      for (const { op, path = '', value = '' } of patchOperations) {
        const mediaType = BINARY_MEDIA_TYPE.exec(path)?.[1]?.replaceAll('~1', '/');
        if (mediaType !== undefined && op === 'add') binary.add(mediaType);
        else if (mediaType !== undefined && op === 'remove') binary.delete(mediaType);
        else if (op === 'replace' && path === '/policy')
          policy = value === '' ? undefined : apiPolicy(state.cloud, api.id, value);
        else if (op === 'replace' && /^\/(name|description|securityPolicy|endpointAccessMode)$/.test(path)) {
          Object.assign(patched, { [path.slice(1)]: value });
        } else {
          throw notSupported(
            `the patch op '${op}' on ${path} of a REST API`,
            'Replace /name, /description, /policy, /securityPolicy or /endpointAccessMode; add or remove /binaryMediaTypes/{type}.',
          );
        }
      }
      checkTls(patched);
      Object.assign(api, patched);
      Object.assign(api.definition, { binaryMediaTypes: [...binary], policy });
      state.changed();
      return showApi(api);
    },

    async DeleteRestApi({ restApiId }) {
      const { id } = state.api(restApiId);
      assertNotMapped(state, id);
      delete state.data.apis[id];
      for (const plan of Object.values(state.data.usagePlans)) {
        plan.apiStages = plan.apiStages.filter(({ apiId }) => apiId !== id);
      }
      state.changed();
      return {};
    },
  };
}

type Patched = Pick<RestApi, 'name' | 'description' | 'securityPolicy' | 'endpointAccessMode'>;

function showApi({
  id,
  name,
  description,
  endpointType,
  rootResourceId,
  tags,
  created,
  definition,
  securityPolicy,
  endpointAccessMode,
}: RestApi): ShownApi {
  const { binaryMediaTypes, policy } = definition;
  return {
    ...{ id, name, description, rootResourceId, tags, policy },
    ...(securityPolicy && { securityPolicy, endpointAccessMode }),
    createdDate: new Date(created),
    apiKeySource: 'HEADER',
    endpointConfiguration: { types: [endpointType] },
    disableExecuteApiEndpoint: false,
    ...(binaryMediaTypes.length > 0 && { binaryMediaTypes }),
  };
}
