import type {
  AccessLogSettings,
  ApiStage,
  Authorizer as AuthorizerFacts,
  EndpointAccessMode,
  GatewayResponseType,
  Integration,
  MethodResponse,
  MethodSetting,
  QuotaSettings,
  SecurityPolicy,
  ThrottleSettings,
} from '@aws-sdk/client-api-gateway';
import { randomInt } from 'node:crypto';
import type { Clock } from '../../../core/clock';
import type { Cloud } from '../../../core/cloud';
import { found } from './requests';

export interface Method {
  httpMethod: string;
  authorizationType: string;
  /** The authorizer of COGNITO_USER_POOLS. */
  authorizerId?: string;
  authorizationScopes?: string[];
  apiKeyRequired: boolean;
  requestValidatorId?: string;
  operationName?: string;
  /** Model names by content type. */
  requestModels: Record<string, string>;
  /** True if `method.request.<header|querystring|path>.<name>` is required. */
  requestParameters: Record<string, boolean>;
  methodResponses: Record<string, MethodResponse>;
  integration?: Integration;
}

export interface Resource {
  id: string;
  parentId?: string;
  pathPart?: string;
  /** The resource's path: `/`, `/predict`, `/models/{name}`. */
  path: string;
  methods: Record<string, Method>;
}

export interface Model {
  id: string;
  name: string;
  description?: string;
  contentType: string;
  /** A JSON schema, draft 4, as text. */
  schema: string;
}

export interface RequestValidator {
  id: string;
  name?: string;
  validateRequestBody: boolean;
  validateRequestParameters: boolean;
}

export interface GatewayResponse {
  responseType: GatewayResponseType;
  statusCode?: string;
  responseParameters: Record<string, string>;
  responseTemplates: Record<string, string>;
}

/** An authorizer of user pools. */
export interface Authorizer
  extends Pick<
    AuthorizerFacts,
    'authType' | 'authorizerResultTtlInSeconds' | 'identitySource' | 'identityValidationExpression'
  > {
  id: string;
  name: string;
  type: 'COGNITO_USER_POOLS';
  providerARNs: string[];
}

/** A custom domain name of REGIONAL APIs. */
export interface Domain {
  domainName: string;
  regionalCertificateArn: string;
  /** The target of the name's alias in DNS. */
  regionalDomainName: string;
  securityPolicy: SecurityPolicy;
  endpointAccessMode?: EndpointAccessMode;
  tags: Record<string, string>;
  /** Milliseconds since the epoch. */
  uploaded: number;
  /** Mappings by base path; `(none)` for all other paths. */
  mappings: Record<string, Mapping>;
}

/** The base path of all paths that no other mapping has. */
export const NO_BASE_PATH = '(none)';

/** The API of a base path. Without a stage, the next part of the path is its name. */
export interface Mapping {
  basePath: string;
  restApiId: string;
  stage?: string;
}

/** The parts of an API, which are edited and which a deployment fixes. */
export interface Definition {
  /** The API's resource policy, a JSON text. */
  policy?: string;
  binaryMediaTypes: string[];
  resources: Record<string, Resource>;
  models: Record<string, Model>;
  validators: Record<string, RequestValidator>;
  gatewayResponses: Partial<Record<GatewayResponseType, GatewayResponse>>;
  /** Absent in states of earlier versions. */
  authorizers?: Record<string, Authorizer>;
}

export interface Deployment {
  id: string;
  description?: string;
  /** Milliseconds since the epoch. */
  created: number;
  definition: Definition;
}

export interface Stage {
  stageName: string;
  deploymentId: string;
  description?: string;
  variables: Record<string, string>;
  /** Settings by `<resource path without its first slash>/<method>`; both may be `*`. */
  methodSettings: Record<string, MethodSetting>;
  accessLogSettings?: AccessLogSettings;
  tracingEnabled: boolean;
  tags: Record<string, string>;
  created: number;
  updated: number;
}

export interface RestApi {
  id: string;
  name: string;
  description?: string;
  endpointType: 'REGIONAL' | 'EDGE' | 'PRIVATE';
  rootResourceId: string;
  /** Minimum of TLS and its ciphers; without one, the service's own. */
  securityPolicy?: SecurityPolicy;
  endpointAccessMode?: EndpointAccessMode;
  tags: Record<string, string>;
  created: number;
  definition: Definition;
  deployments: Record<string, Deployment>;
  stages: Record<string, Stage>;
}

export interface ApiKey {
  id: string;
  value: string;
  name: string;
  description?: string;
  enabled: boolean;
  tags: Record<string, string>;
  /** Stages as `<api>/<stage>`. */
  stageKeys?: string[];
  created: number;
}

export interface UsagePlan {
  id: string;
  name: string;
  description?: string;
  apiStages: ApiStage[];
  throttle?: ThrottleSettings;
  quota?: QuotaSettings;
  tags: Record<string, string>;
  /** Ids of its API keys. */
  keys: string[];
}

interface State {
  apis: Record<string, RestApi>;
  apiKeys: Record<string, ApiKey>;
  usagePlans: Record<string, UsagePlan>;
  /** Custom domain names. Absent in states of earlier versions. */
  domains?: Record<string, Domain>;
  /** The role that writes logs, for the whole account and region. */
  cloudwatchRoleArn?: string;
}

/** The stored state of API Gateway. */
export class ApiGatewayState {
  private readonly store;

  /**
   * @param clock the clock of integrations' timeouts
   */
  constructor(
    readonly cloud: Cloud,
    readonly clock: Clock = cloud.clock,
  ) {
    this.store = cloud.stores.store<State>('apigateway', () => ({ apis: {}, apiKeys: {}, usagePlans: {} }));
  }

  get data(): State {
    return this.store.data;
  }

  changed(): void {
    this.store.changed();
  }

  api(id: string | undefined): RestApi {
    return found(this.data.apis[id!], `Invalid API identifier specified ${this.cloud.account}:${id}`);
  }

  resource(apiId: string | undefined, resourceId: string | undefined): Resource {
    return found(this.api(apiId).definition.resources[resourceId!], 'Invalid Resource identifier specified');
  }

  method(key: { restApiId?: string; resourceId?: string; httpMethod?: string }): Method {
    const { methods } = this.resource(key.restApiId, key.resourceId);
    return found(methods[key.httpMethod!], 'Invalid Method identifier specified');
  }

  stage(apiId: string | undefined, name: string | undefined): Stage {
    return found(this.api(apiId).stages[name!], 'Invalid stage identifier specified');
  }

  authorizers(apiId: string | undefined): Record<string, Authorizer> {
    return (this.api(apiId).definition.authorizers ??= {});
  }

  authorizer(apiId: string | undefined, id: string | undefined): Authorizer {
    return found(this.authorizers(apiId)[id!], 'Invalid Authorizer identifier specified');
  }

  get domains(): Record<string, Domain> {
    return (this.data.domains ??= {});
  }

  /** The message is that of https://github.com/amplify-education/serverless-domain-manager/issues/83. */
  domain(name: string | undefined): Domain {
    return found(this.domains[name!], 'Invalid domain name identifier specified');
  }

  deployment(apiId: string | undefined, id: string | undefined): Deployment {
    return found(this.api(apiId).deployments[id!], 'Invalid Deployment identifier specified');
  }

  apiKey(id: string | undefined): ApiKey {
    return found(this.data.apiKeys[id!], 'Invalid API Key identifier specified');
  }

  usagePlan(id: string | undefined): UsagePlan {
    return found(this.data.usagePlans[id!], 'Invalid Usage Plan ID specified');
  }
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Returns an id in API Gateway's form: APIs and keys have 10 characters, their parts 6. */
export function newId(length: 6 | 10): string {
  return randomText(length, LOWER);
}

/** Returns a key's value: 40 letters and digits. */
export function newKeyValue(): string {
  return randomText(40, LOWER + LOWER.slice(0, 26).toUpperCase());
}

function randomText(length: number, alphabet: string): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
