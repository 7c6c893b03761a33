import { ServiceError } from '../../../model/errors';
import { page } from '../../../core/paging';
import type { Operations } from '../../../core/service';
import { schemaProblem } from './body-validator';
import { badRequest, found, PAGE } from './requests';
import { newId, type ApiGatewayState, type Resource } from './state';

/** Operations on the parts of a REST API that a deployment has: resources, models, validators and gateway responses. */
export function definitionOperations(state: ApiGatewayState): Operations<'apigateway'> {
  const definition = (restApiId: string | undefined) => state.api(restApiId).definition;

  return {
    async CreateResource({ restApiId, parentId, pathPart = '' }) {
      const { resources } = definition(restApiId);
      const parent = state.resource(restApiId, parentId);
      if (!/^(\{[\w.-]+\+?\}|[\w.\-:~$]+)$/.test(pathPart)) {
        throw badRequest(
          `Resource's path part '${pathPart}' only allows a-zA-Z0-9._-:$ or a valid greedy path variable and curly braces at the beginning and the end.`,
        );
      }
      const path = `${parent.path === '/' ? '' : parent.path}/${pathPart}`;
      if (Object.values(resources).some((sibling) => sibling.path === path)) {
        throw new ServiceError(
          'ConflictException',
          'Another resource with the same parent already has this name: ' + pathPart,
        );
      }
      const resource: Resource = { id: newId(6), parentId: parent.id, pathPart, path, methods: {} };
      resources[resource.id] = resource;
      state.changed();
      return showResource(resource);
    },

    async GetResource({ restApiId, resourceId }) {
      return showResource(state.resource(restApiId, resourceId));
    },

    async GetResources({ restApiId, limit = PAGE, position }) {
      const all = Object.values(definition(restApiId).resources);
      const { items, nextToken } = page(all, ({ id }) => id, limit, position, badRequest);
      return { items: items.map(showResource), position: nextToken };
    },

    async DeleteResource({ restApiId, resourceId }) {
      const { resources } = definition(restApiId);
      const { path } = state.resource(restApiId, resourceId);
      if (path === '/') throw badRequest('Root resource cannot be deleted');
      for (const { id, path: other } of Object.values(resources)) {
        if (other === path || other.startsWith(`${path}/`)) delete resources[id];
      }
      state.changed();
      return {};
    },

    async CreateModel({ restApiId, name = '', contentType = '', description, schema = '' }) {
      const { models } = definition(restApiId);
      if (!/^[a-zA-Z0-9]+$/.test(name)) throw badRequest(`Model name must be alphanumeric: ${name}`);
      if (Object.hasOwn(models, name)) {
        throw new ServiceError('ConflictException', `Model name already exists for this REST API: ${name}`);
      }
      const problem = schemaProblem(schema);
      if (problem !== undefined) throw badRequest(`Invalid model specified: ${problem}`);
      models[name] = { id: newId(6), name, contentType, description, schema };
      state.changed();
      return models[name];
    },

    async GetModel({ restApiId, modelName = '' }) {
      return found(definition(restApiId).models[modelName], 'Invalid Model Name specified');
    },

    async UpdateModel({ restApiId, modelName = '', patchOperations = [] }) {
      const model = found(definition(restApiId).models[modelName], 'Invalid Model Name specified');
      const changed = { ...model };
      for (const { op, path, value = '' } of patchOperations) {
        if (op !== 'replace' || (path !== '/schema' && path !== '/description'))
          throw badRequest(`Invalid patch path '${path}' for op '${op}': replace of /schema or /description`);
        changed[path.slice(1) as 'schema' | 'description'] = value;
      }
      const problem = schemaProblem(changed.schema);
      if (problem !== undefined) throw badRequest(`Invalid model specified: ${problem}`);
      Object.assign(model, changed);
      state.changed();
      return model;
    },

    async DeleteModel({ restApiId, modelName = '' }) {
      const { models, resources } = definition(restApiId);
      found(models[modelName], 'Invalid Model Name specified');
      const user = Object.values(resources).find(({ methods }) =>
        Object.values(methods).some(({ requestModels }) => Object.values(requestModels).includes(modelName)),
      );
      if (user)
        throw new ServiceError(
          'ConflictException',
          `Cannot delete model '${modelName}', is referenced in method request of ${user.path}`,
        );
      delete models[modelName];
      state.changed();
      return {};
    },

    async CreateRequestValidator({ restApiId, name, validateRequestBody, validateRequestParameters }) {
      const validator = {
        ...{ id: newId(6), name },
        validateRequestBody: validateRequestBody ?? false,
        validateRequestParameters: validateRequestParameters ?? false,
      };
      definition(restApiId).validators[validator.id] = validator;
      state.changed();
      return validator;
    },

    async GetRequestValidator({ restApiId, requestValidatorId = '' }) {
      return found(
        definition(restApiId).validators[requestValidatorId],
        'Invalid Request Validator identifier specified',
      );
    },

    async UpdateRequestValidator({ restApiId, requestValidatorId = '', patchOperations = [] }) {
      const validator = found(
        definition(restApiId).validators[requestValidatorId],
        'Invalid Request Validator identifier specified',
      );
      for (const { op, path = '', value } of patchOperations) {
        const name = path.slice(1);
        if (op !== 'replace' || (name !== 'validateRequestBody' && name !== 'validateRequestParameters'))
          throw badRequest(
            `Invalid patch path '${path}' for op '${op}': replace of /validateRequestBody or /validateRequestParameters`,
          );
        validator[name] = value === 'true';
      }
      state.changed();
      return validator;
    },

    async DeleteRequestValidator({ restApiId, requestValidatorId = '' }) {
      const { validators } = definition(restApiId);
      found(validators[requestValidatorId], 'Invalid Request Validator identifier specified');
      delete validators[requestValidatorId];
      state.changed();
      return {};
    },

    async PutGatewayResponse({
      restApiId,
      responseType,
      statusCode,
      responseParameters = {},
      responseTemplates = {},
    }) {
      if (statusCode !== undefined && !/^[1-5]\d\d$/.test(statusCode))
        throw badRequest(`Invalid status code: ${statusCode}`);
      const response = { responseType: responseType!, statusCode, responseParameters, responseTemplates };
      definition(restApiId).gatewayResponses[responseType!] = response;
      state.changed();
      return { ...response, defaultResponse: false };
    },

    async GetGatewayResponse({ restApiId, responseType }) {
      const response = found(
        definition(restApiId).gatewayResponses[responseType!],
        'Gateway response type not found',
      );
      return { ...response, defaultResponse: false };
    },

    async DeleteGatewayResponse({ restApiId, responseType }) {
      const { gatewayResponses } = definition(restApiId);
      found(gatewayResponses[responseType!], 'Gateway response type not found');
      delete gatewayResponses[responseType!];
      state.changed();
      return {};
    },
  };
}

function showResource({ id, parentId, pathPart, path, methods }: Resource) {
  return {
    ...{ id, parentId, pathPart, path },
    ...(Object.keys(methods).length > 0 && {
      resourceMethods: Object.fromEntries(Object.keys(methods).map((name) => [name, {}])),
    }),
  };
}
