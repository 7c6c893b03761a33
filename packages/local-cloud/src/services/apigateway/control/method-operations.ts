import { notSupported, ServiceError } from '../../../model/errors';
import type { Input, Operations } from '../../../core/service';
import { badRequest, found, refuse } from './requests';
import { type ApiGatewayState, type Method } from './state';

const METHODS = ['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];
const DEFAULT_TIMEOUT_MS = 29_000;

/** The form of a Lambda function's URI in PutIntegration. */
export const FUNCTION_URI =
  /^arn:aws[a-z-]*:apigateway:[a-z0-9-]+:lambda:path\/2015-03-31\/functions\/(arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+)\/invocations$/;

/** Operations on methods and their integrations, which are Lambda proxies. */
export function methodOperations(state: ApiGatewayState): Operations<'apigateway'> {
  return {
    async PutMethod(input) {
      const { restApiId, resourceId, httpMethod = '' } = input;
      const { validators, models } = state.api(restApiId).definition;
      const { methods } = state.resource(restApiId, resourceId);
      if (!METHODS.includes(httpMethod)) {
        throw badRequest(
          `Invalid HttpMethod specified: '${httpMethod}'. Valid options are ${METHODS.join(',')}`,
        );
      }
      const authorization = checkAuthorization(state, input);
      if (methods[httpMethod])
        throw new ServiceError('ConflictException', 'Method already exists for this resource');
      const { requestValidatorId, requestModels = {}, requestParameters = {} } = input;
      if (requestValidatorId !== undefined)
        found(validators[requestValidatorId], 'Invalid Request Validator identifier specified');
      const unknown = Object.values(requestModels).find(
        (name) => !models[name] && name !== 'Empty' && name !== 'Error',
      );
      if (unknown !== undefined) throw badRequest(`Invalid model identifier specified: ${unknown}`);
      const method: Method = {
        ...{ httpMethod, requestModels, requestParameters, requestValidatorId },
        ...authorization,
        apiKeyRequired: input.apiKeyRequired ?? false,
        operationName: input.operationName,
        methodResponses: {},
      };
      methods[httpMethod] = method;
      state.changed();
      return show(method);
    },

    async GetMethod(key) {
      return show(state.method(key));
    },

    async DeleteMethod(key) {
      state.method(key);
      delete state.resource(key.restApiId, key.resourceId).methods[key.httpMethod!];
      state.changed();
      return {};
    },

    async PutIntegration(input) {
      const method = state.method(input);
      method.integration = checkIntegration(input);
      state.changed();
      return method.integration;
    },

    async GetIntegration(key) {
      return found(state.method(key).integration, 'No integration defined for method');
    },

    async DeleteIntegration(key) {
      const method = state.method(key);
      found(method.integration, 'No integration defined for method');
      delete method.integration;
      state.changed();
      return {};
    },

    async PutMethodResponse({ statusCode = '', responseModels, responseParameters, ...key }) {
      const response = { statusCode, responseModels, responseParameters };
      state.method(key).methodResponses[statusCode] = response;
      state.changed();
      return response;
    },

    async PutIntegrationResponse({
      statusCode = '',
      selectionPattern,
      responseParameters,
      responseTemplates,
      ...key
    }) {
      const integration = found(state.method(key).integration, 'No integration defined for method');
      // A proxy integration ignores them: the function's answer is the response.
      const response = { statusCode, selectionPattern, responseParameters, responseTemplates };
      integration.integrationResponses = { ...integration.integrationResponses, [statusCode]: response };
      state.changed();
      return response;
    },
  };
}

/**
 * Returns a method's authorization. The message of a missing authorizer is that of
 * https://github.com/aws/aws-cdk/issues/5618.
 */
function checkAuthorization(
  state: ApiGatewayState,
  input: Input<'apigateway', 'PutMethod'>,
): Pick<Method, 'authorizationType' | 'authorizerId' | 'authorizationScopes'> {
  const { restApiId, authorizationType = '', authorizerId, authorizationScopes } = input;
  if (authorizationType === 'NONE' || authorizationType === 'AWS_IAM') {
    refuse(input, ['authorizerId', 'authorizationScopes']);
    return { authorizationType };
  }
  if (authorizationType !== 'COGNITO_USER_POOLS') {
    const fix = 'Use NONE, AWS_IAM or COGNITO_USER_POOLS.';
    throw notSupported(`the authorizationType ${authorizationType} of a method`, fix);
  }
  if (!state.authorizers(restApiId)[authorizerId ?? '']) {
    throw badRequest(
      'Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.',
    );
  }
  return { authorizationType, authorizerId, authorizationScopes };
}

function checkIntegration(input: Input<'apigateway', 'PutIntegration'>): NonNullable<Method['integration']> {
  const { type, integrationHttpMethod, uri = '', timeoutInMillis = DEFAULT_TIMEOUT_MS } = input;
  if (type !== 'AWS_PROXY')
    throw notSupported(`integrations of the type ${type}`, 'Use AWS_PROXY with a Lambda function.');
  refuse(input, [
    'credentials',
    'connectionId',
    'requestParameters',
    'requestTemplates',
    'cacheNamespace',
    'contentHandling',
    'tlsConfig',
    'integrationTarget',
  ]);
  if (input.responseTransferMode === 'STREAM')
    throw notSupported('responseTransferMode STREAM', 'Use BUFFERED.');
  if (!integrationHttpMethod) throw badRequest('Enumeration value for HttpMethod must be non-empty');
  if (integrationHttpMethod !== 'POST') {
    throw notSupported(`integrationHttpMethod ${integrationHttpMethod} for a Lambda function`, 'Use POST.');
  }
  if (!FUNCTION_URI.test(uri)) {
    throw notSupported(
      `the integration URI '${uri}'`,
      'Use arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/<function ARN>/invocations.',
    );
  }
  if (timeoutInMillis < 50 || timeoutInMillis > DEFAULT_TIMEOUT_MS) {
    throw badRequest(`Timeout should be between 50 ms and ${DEFAULT_TIMEOUT_MS} ms, not ${timeoutInMillis}`);
  }
  return {
    ...{ type, uri, httpMethod: integrationHttpMethod, timeoutInMillis },
    passthroughBehavior: 'WHEN_NO_MATCH',
    cacheNamespace: input.resourceId,
    cacheKeyParameters: [],
  };
}

function show({ integration, ...method }: Method) {
  return { ...method, methodIntegration: integration };
}
