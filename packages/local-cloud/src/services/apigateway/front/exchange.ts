import { randomUUID } from 'node:crypto';
import type { ApiGatewayState, Definition, RestApi, Stage } from '../control/state';
import { ServiceMetrics, type Subject } from '../../../core/service-metrics';
import { ApiLogs } from './api-logs';
import { authorizeCaller } from './authorization';
import { BodyValidator } from '../control/body-validator';
import { GatewayFailure } from './gateway-failure';
import { gatewayResponse, type FrontResponse } from './gateway-response';
import { invokeFunction } from './lambda-integration';
import { isBinary, proxyEvent, type RequestContext } from './proxy-event';
import { proxyResponse } from './proxy-response';
import { header, type FrontRequest } from './request';
import { findRoute, type Route } from './routes';
import { TokenBuckets } from '../control/throttle';
import { Usage } from './usage';
import type { Variables } from './variables';

/** The quota of a REST API's payload: 10 MB. */
const MAX_BODY = 10_485_760;

/** A stage with its API and deployment. */
export interface DeployedStage {
  api: RestApi;
  stage: Stage;
  definition: Definition;
}

/** Answers requests to deployed stages, in the order in which API Gateway checks them. */
export class Exchange {
  private readonly usage: Usage;
  private readonly logs: ApiLogs;
  private readonly metrics: ServiceMetrics;
  private readonly validators = new WeakMap<Definition, BodyValidator>();

  constructor(private readonly state: ApiGatewayState) {
    this.usage = new Usage(state, new TokenBuckets());
    this.logs = new ApiLogs(state);
    const service = 'apigateway.amazonaws.com';
    this.metrics = new ServiceMetrics(state.cloud, { namespace: 'AWS/ApiGateway', service });
  }

  async answer(request: FrontRequest, deployed: DeployedStage): Promise<FrontResponse> {
    const { api, stage, definition } = deployed;
    const context = this.context(request, deployed);
    const variables = (more: object): Variables => ({
      context: { ...context, ...more },
      stageVariables: stage.variables,
    });
    const started = performance.now();
    let response: FrontResponse;
    try {
      response = await this.serve(request, deployed, context);
    } catch (error) {
      if (!(error instanceof GatewayFailure)) throw error;
      response = gatewayResponse(error, definition, request, variables({}));
      if (error.reason !== undefined) this.logs.failure(api, stage, context, error.reason);
    }
    response.headers['x-amzn-RequestId'] = context.requestId;
    response.headers['x-amz-apigw-id'] = context.extendedRequestId;
    const { status, body } = response;
    const responseLatency = Math.round(performance.now() - started);
    this.count(deployed, status, performance.now() - started);
    this.logs.access(api, stage, variables({ status, responseLength: body.length, responseLatency }));
    return response;
  }

  async close(): Promise<void> {
    await this.logs.close();
    await this.metrics.close();
  }

  /**
   * Publishes metrics. Errors are 0 or 1 for each request, so that their mean is a rate ("Amazon API Gateway dimensions
   * and metrics").
   */
  private count({ api, stage }: DeployedStage, status: number, latencyMs: number): void {
    const subjects: Subject[] = [{ ApiName: api.name }, { ApiName: api.name, Stage: stage.stageName }];
    for (const subject of subjects) {
      this.metrics.add(subject, 'Count', 1, 'Count');
      this.metrics.add(subject, '4XXError', status >= 400 && status < 500 ? 1 : 0, 'Count');
      this.metrics.add(subject, '5XXError', status >= 500 ? 1 : 0, 'Count');
      this.metrics.add(subject, 'Latency', Math.round(latencyMs), 'Milliseconds');
    }
  }

  private async serve(
    request: FrontRequest,
    deployed: DeployedStage,
    context: RequestContext,
  ): Promise<FrontResponse> {
    const { api, stage, definition } = deployed;
    const route = findRoute(definition.resources, request.method, request.path);
    if (!route) throw new GatewayFailure('MISSING_AUTHENTICATION_TOKEN');
    const { resource, method } = route;
    Object.assign(context, {
      resourceId: resource.id,
      resourcePath: resource.path,
      operationName: method.operationName,
    });
    const caller = await authorizeCaller(this.state, request, deployed, method, () => body(request));
    Object.assign(context.identity, caller);
    const client = this.usage.identify(request, api, stage, route);
    if (client) Object.assign(context.identity, { apiKey: client.key.value, apiKeyId: client.key.id });
    this.usage.admit(client, api, stage, route);
    const payload = await body(request);
    this.validate(request, route, payload, deployed);
    const isBase64Encoded = isBinary(header(request, 'content-type'), definition.binaryMediaTypes);
    const event = proxyEvent(request, route, context, stage.variables, { body: payload, isBase64Encoded });
    const sourceArn = this.state.cloud.arn(
      'execute-api',
      `${api.id}/${stage.stageName}/${request.method}${resource.path}`,
    );
    const answer = await invokeFunction(this.state, method.integration!, event, sourceArn);
    return proxyResponse(answer, header(request, 'accept'), definition.binaryMediaTypes);
  }

  /** Throws BAD_REQUEST_PARAMETERS or BAD_REQUEST_BODY if the method's validator finds a problem. */
  private validate(
    request: FrontRequest,
    { method, pathParameters }: Route,
    body: Buffer,
    deployed: DeployedStage,
  ): void {
    const { api, definition } = deployed;
    const validator = definition.validators[method.requestValidatorId ?? ''];
    if (validator?.validateRequestParameters) {
      const missing = Object.entries(method.requestParameters)
        .filter(([name, required]) => required && !hasParameter(request, pathParameters, name))
        .map(([name]) => name.split('.').slice(3).join('.'));
      if (missing.length > 0) {
        const message = `Missing required request parameters: [${missing.join(', ')}]`;
        throw new GatewayFailure('BAD_REQUEST_PARAMETERS', { message });
      }
    }
    if (!validator?.validateRequestBody) return;
    const contentType = (header(request, 'content-type') ?? 'application/json')
      .split(';')[0]!
      .trim()
      .toLowerCase();
    // A body of a type without a model is not validated.
    const model = method.requestModels[contentType];
    if (model === undefined) return;
    let models = this.validators.get(definition);
    if (!models) this.validators.set(definition, (models = new BodyValidator(api.id, definition.models)));
    const validationErrors = models.problems(model, body.toString('utf8'));
    if (validationErrors.length > 0) throw new GatewayFailure('BAD_REQUEST_BODY', { validationErrors });
  }

  private context(request: FrontRequest, { api, stage }: DeployedStage): RequestContext {
    const { account, region, clock } = this.state.cloud;
    const now = clock.now();
    const { domain } = request;
    return {
      accountId: account,
      apiId: api.id,
      stage: stage.stageName,
      deploymentId: stage.deploymentId,
      domainName: domain?.name ?? `${api.id}.execute-api.${region}.amazonaws.com`,
      domainPrefix: domain?.name.split('.')[0] ?? api.id,
      requestId: randomUUID(),
      extendedRequestId: `${randomUUID().replaceAll('-', '').slice(0, 15)}=`,
      requestTime: requestTime(now),
      requestTimeEpoch: now,
      protocol: request.protocol,
      httpMethod: request.method,
      path: `${domain ? domain.basePath : `/${stage.stageName}`}${request.path}`,
      identity: { sourceIp: request.sourceIp, userAgent: header(request, 'user-agent') ?? null },
    };
  }
}

/** @throws GatewayFailure REQUEST_TOO_LARGE */
async function body(request: FrontRequest): Promise<Buffer> {
  const read = await request.body(MAX_BODY);
  if (!read) throw new GatewayFailure('REQUEST_TOO_LARGE');
  return read;
}

/** Returns true if a request has a parameter. `name` is `method.request.<header|querystring|path>.<name>`. */
function hasParameter(request: FrontRequest, pathParameters: Route['pathParameters'], name: string): boolean {
  const [, , location, ...rest] = name.split('.');
  const key = rest.join('.');
  if (location === 'header') return header(request, key.toLowerCase()) !== undefined;
  return location === 'querystring' ? request.query.has(key) : Object.hasOwn(pathParameters, key);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Returns the time in the Common Log Format: `20/Nov/2026:14:40:00 +0000`. */
function requestTime(now: number): string {
  const [, year, month, day, time] = /^(\d+)-(\d+)-(\d+)T(\d+:\d+:\d+)/.exec(new Date(now).toISOString())!;
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`;
}
