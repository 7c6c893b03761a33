import { RestFront } from './front/front';
import type { Clock } from '../../core/clock';
import type { ServiceFactory } from '../../core/cloud';
import { accountOperations } from './control/account-operations';
import { definitionOperations } from './control/definition-operations';
import { methodOperations } from './control/method-operations';
import { permissions } from './control/permissions';
import { stageOperations } from './control/stage-operations';
import { ApiGatewayState } from './control/state';
import { usageOperations } from './control/usage-operations';

export interface ApiGatewayOptions {
  /** Port of the front on 127.0.0.1; 0, the default, is any free one. */
  port?: number;
  /** By which integrations time out; the cloud's, if not given. */
  clock?: Clock;
}

/** The service, and where on this machine it serves its APIs once the cloud listens. */
export interface ApiGateway extends ServiceFactory<'apigateway'> {
  /** `http://127.0.0.1:<port>/<api>/<stage>`, to be followed by the resource's path. */
  url(restApiId: string, stageName: string): string;
  /** The address here of an invoke URL in AWS: `https://<api>.execute-api.<region>.amazonaws.com/<stage>/…`. */
  localUrl(invokeUrl: string): string;
  /** A text with the invoke URLs of this cloud's APIs as their addresses here. */
  localise(text: string): string;
}

/** API Gateway: REST APIs whose methods are Lambda proxies, and the front that serves their stages. */
export function apigateway({ port = 0, clock }: ApiGatewayOptions = {}): ApiGateway {
  const front = new RestFront(port);
  const factory: ServiceFactory<'apigateway'> = (cloud) => {
    const state = new ApiGatewayState(cloud, clock);
    const operations = {
      ...accountOperations(state),
      ...definitionOperations(state),
      ...methodOperations(state),
      ...stageOperations(state),
      ...usageOperations(state),
    };
    return {
      id: 'apigateway',
      operations,
      permissions: permissions(cloud, operations),
      start: () => front.open(state),
      stop: () => front.close(),
    };
  };
  return Object.assign(factory, {
    url: (restApiId: string, stageName: string) => front.url(restApiId, stageName),
    localUrl: (invokeUrl: string) => front.localUrl(invokeUrl),
    localise: (text: string) => front.localise(text),
  });
}
