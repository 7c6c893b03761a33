import type { APIGateway } from '@aws-sdk/client-api-gateway';
import { RestFront } from './front/front';
import type { Clock } from '../../core/clock';
import type { Cloud } from '../../core/cloud';
import type { Service, ServiceDefinition } from '../../core/service';
import { accountOperations } from './control/account-operations';
import { registerApiPolicies } from './control/api-policy';
import { authorizerOperations } from './control/authorizer-operations';
import { definitionOperations } from './control/definition-operations';
import { domainOperations } from './control/domain-operations';
import { methodOperations } from './control/method-operations';
import { permissions } from './control/permissions';
import { restApiOperations } from './control/rest-api-operations';
import { stageOperations } from './control/stage-operations';
import { ApiGatewayState } from './control/state';
import { usageOperations } from './control/usage-operations';
import { accessTypes } from './resources/access';
import { apiPartTypes } from './resources/api-parts';
import { restApiTypes } from './resources/rest-apis';
import { stageTypes } from './resources/stages';
import { usagePlanTypes } from './resources/usage-plans';

export interface ApiGatewaySettings {
  /** The port of the front on 127.0.0.1; 0, the default, is any free port. */
  port?: number;
  /** The clock of integrations' timeouts; by default, the cloud's. */
  clock?: Clock;
}

/** API Gateway: REST APIs whose methods are Lambda proxies, and the front that serves their stages. */
function create(cloud: Cloud): Service<'apigateway'> {
  const front = cloud.part(RestFront);
  const state = new ApiGatewayState(cloud, cloud.settings.apigateway?.clock);
  registerApiPolicies(state);
  const operations = {
    ...accountOperations(state),
    ...authorizerOperations(state),
    ...definitionOperations(state),
    ...domainOperations(state),
    ...methodOperations(state),
    ...restApiOperations(state),
    ...stageOperations(state),
    ...usageOperations(state),
  };
  return {
    operations,
    permissions: permissions(cloud, operations),
    start: () => front.open(state),
    stop: () => front.close(),
  };
}

export const apigateway: ServiceDefinition<'apigateway'> = {
  id: 'apigateway',
  facts: {
    package: '@aws-sdk/client-api-gateway',
    signingName: 'apigateway',
    iamPrefix: 'apigateway',
    protocol: 'restJson1',
    invalidInput: 'BadRequestException',
  },
  resourceTypes: { ...accessTypes, ...apiPartTypes, ...restApiTypes, ...stageTypes, ...usagePlanTypes },
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    apigateway: APIGateway;
  }
}

declare module '../../core/service' {
  interface Settings {
    apigateway?: ApiGatewaySettings;
  }
}
