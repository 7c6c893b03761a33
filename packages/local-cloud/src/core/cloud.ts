import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { ServiceFacts, ServiceId } from '../model/catalog';
import { systemClock, type Clock } from './clock';
import { notSupported, ServiceError } from '../model/errors';
import { EventBus } from './events';
import { Journal } from './journal';
import { serviceModel, type ServiceModel } from '../model/service-model';
import { OPERATOR_CREDENTIALS, Principals, type Principal } from './principals';
import { startServer, type Server } from './server';
import type {
  Call,
  Caller,
  Input,
  OperationName,
  Output,
  Permission,
  PermissionContext,
  ResourceProvider,
  ServiceDefinition,
  Settings,
} from './service';
import type { ResourceType, ResourceTypes } from './resource-type';
import { getsSparse, sparseAnswer } from './sparse-answers';
import { Stores } from './store';
import { assertValid, assertWellFormed } from './validation';

/** A request for authorization: made before an operation runs, and when a service acts on behalf of a principal. */
export interface AuthorizationRequest extends Permission {
  principal: Principal;
  /** The resource for which a service principal makes the call. */
  sourceArn?: string;
  /** The service that makes the call on behalf of the principal. */
  via?: string;
  context: PermissionContext;
  /** The called service, which determines the form of a denial. */
  service: ServiceId | undefined;
}

/** Throws a {@link ServiceError} if the principal is not allowed to do it. */
export type Authorize = (request: AuthorizationRequest) => void;

export interface CloudOptions {
  /** The directory of all state that outlives the process. */
  stateDirectory: string;
  region?: string;
  account?: string;
  clock?: Clock;
  /** Makes the function that authorizes every call; by default, everything is allowed. */
  authorizer?: (cloud: Cloud) => Authorize;
  /** A file to which every call is appended as a line of JSON. */
  journalFile?: string;
  settings?: Settings;
  /** Answers to everyone but the operator leave out what the service's model does not require. Default: false. */
  sparseAnswers?: boolean;
}

export type AnyServiceDefinition = { [S in ServiceId]: ServiceDefinition<S> }[ServiceId];

interface AnyService {
  id: ServiceId;
  facts: ServiceFacts;
  operations: Record<string, ((input: object, call: Call) => Promise<object>) | undefined>;
  permissions?: Record<string, ((input: object, caller: Caller) => Permission | Permission[]) | undefined>;
  resourcePolicy?: (arn: string) => unknown;
  start?: () => Promise<void>;
  stop?: () => Promise<void>;
}

/** AWS on this machine: services, principals and state. Every operation goes through {@link Cloud.call}. */
export class Cloud {
  readonly region: string;
  readonly account: string;
  readonly clock: Clock;
  readonly stateDirectory: string;
  readonly stores: Stores;
  readonly principals: Principals;
  readonly events: EventBus;
  readonly journal: Journal;
  readonly settings: Settings;
  private readonly sparse: boolean;
  private readonly services = new Map<string, AnyService>();
  private readonly types: Record<string, ResourceType> = {};
  private readonly parts = new Map<unknown, unknown>();
  private readonly policies = new Map<string, (arn: string) => unknown>();
  private readonly authorizeRequest: Authorize;
  private readonly authorizationListeners = new Set<(request: AuthorizationRequest) => void>();
  private server: Server | undefined;

  constructor(options: CloudOptions) {
    this.region = options.region ?? 'us-east-1';
    this.account = options.account ?? '123456789012';
    this.clock = options.clock ?? systemClock;
    this.stateDirectory = options.stateDirectory;
    this.settings = options.settings ?? {};
    this.sparse = options.sparseAnswers ?? false;
    this.stores = new Stores(join(options.stateDirectory, 'state'));
    this.principals = new Principals(this.account, this.clock);
    this.events = new EventBus(this, this.clock);
    this.journal = new Journal(options.journalFile);
    this.authorizeRequest = options.authorizer?.(this) ?? (() => undefined);
  }

  register(...definitions: (AnyServiceDefinition | ResourceProvider)[]): this {
    for (const definition of definitions) {
      Object.assign(this.types, definition.resourceTypes);
      if ('connect' in definition) definition.connect?.(this);
      if (!('create' in definition)) continue;
      const { id, facts } = definition;
      if (this.services.has(id)) throw new Error(`The service ${id} is registered twice.`);
      this.services.set(id, { ...(definition.create(this) as Omit<AnyService, 'id' | 'facts'>), id, facts });
    }
    return this;
  }

  /** Returns the registered services' ids. */
  get serviceIds(): string[] {
    return [...this.services.keys()];
  }

  /** Returns a registered service's operations, in alphabetical order. */
  operationsOf(id: string): string[] {
    return Object.keys(this.services.get(id)?.operations ?? {}).sort();
  }

  /** Returns the first model of the registered services that matches; each is loaded on first use. */
  findModel(fits: (facts: ServiceFacts) => boolean): ServiceModel | undefined {
    const service = [...this.services.values()].find(({ facts }) => fits(facts));
    return service && serviceModel(service);
  }

  /** Returns the model of a registered service. An arrow function, so that it can be passed as a value. */
  readonly model = (id: string): ServiceModel | undefined => {
    const service = this.services.get(id);
    return service && serviceModel(service);
  };

  /** The CloudFormation resource types of the registered services. */
  get resourceTypes(): ResourceTypes {
    return this.types;
  }

  /** Returns the cloud's one instance of a class that several services share, made on first use. */
  part<T>(Part: new (cloud: Cloud) => T): T {
    if (!this.parts.has(Part)) this.parts.set(Part, new Part(this));
    return this.parts.get(Part) as T;
  }

  /** Opens the HTTP endpoint on 127.0.0.1 (port 0: any free port), then starts the services. */
  async listen(port = 0): Promise<string> {
    this.server = await startServer(this, port);
    for (const service of this.services.values()) await service.start?.();
    return this.server.endpoint;
  }

  /** The endpoint, `http://127.0.0.1:<port>`. Throws before {@link Cloud.listen}. */
  get endpoint(): string {
    if (!this.server) throw new Error('The local cloud has no endpoint before listen() was called.');
    return this.server.endpoint;
  }

  /** Stops the services and the endpoint, and writes all state. */
  async close(): Promise<void> {
    for (const service of [...this.services.values()].reverse()) await service.stop?.();
    await this.server?.close();
    this.server = undefined;
    await this.events.settled();
    this.stores.flush();
    await this.journal.flush();
  }

  /** Calls an operation, typed by the SDK. Throws {@link ServiceError} as the real service answers. */
  async call<S extends ServiceId, O extends OperationName<S>>(
    service: S,
    operation: O,
    input: Input<S, O>,
    caller: Caller,
  ): Promise<Output<S, O>> {
    return (await this.callByName(service, operation, input as object, caller)) as Output<S, O>;
  }

  /** Calls an operation by name. All calls, over HTTP and from inside, go through this method. */
  async callByName(service: string, operation: string, input: object, caller: Caller): Promise<object> {
    const started = performance.now();
    const requestId = caller.requestId ?? randomUUID();
    let permissions: Permission[] = [];
    let failure: { outcome: string; message: string } | undefined;
    try {
      const { handler, implementation, model, shapes } = this.find(service, operation);
      assertValid(model, operation, input);
      const needed = implementation.permissions?.[operation]?.(input, caller);
      permissions = needed
        ? [needed].flat()
        : [{ action: `${model.iamPrefix}:${operation}`, resources: ['*'] }];
      const tags = requestTags(input);
      for (const { context, ...permission } of permissions) {
        this.authorize(caller, { ...permission, context: { ...tags, ...context } }, implementation.id);
      }
      const output = await handler(input, { ...caller, requestId });
      assertWellFormed(`${service}:${operation}`, shapes.output, output);
      const sparse = this.sparse && getsSparse(service, caller.principal);
      return sparse ? sparseAnswer(shapes.output, output) : output;
    } catch (error) {
      const code = error instanceof ServiceError ? error.code : 'InternalFailure';
      failure = { outcome: code, message: error instanceof Error ? error.message : String(error) };
      throw error;
    } finally {
      this.journal.add({
        time: new Date(this.clock.now()).toISOString(),
        principal: caller.principal.arn,
        service,
        operation,
        permissions,
        ...(failure ?? { outcome: 'ok' }),
        ms: Math.round((performance.now() - started) * 100) / 100,
        requestId,
      });
    }
  }

  /**
   * Authorizes an action that an operation's own permissions do not cover: an action of a service on the caller's
   * behalf.
   *
   * @param service the service whose form a denial has
   * @throws ServiceError of the kind AccessDenied
   */
  authorize({ principal, sourceArn, via }: Caller, permission: Permission, service?: ServiceId): void {
    const request = { principal, sourceArn, via, context: {}, service, ...permission };
    for (const listener of this.authorizationListeners) listener(request);
    this.authorizeRequest(request);
  }

  /** Calls the listener before each authorization. Returns a function that removes the listener. */
  watchAuthorizations(listener: (request: AuthorizationRequest) => void): () => void {
    this.authorizationListeners.add(listener);
    return () => void this.authorizationListeners.delete(listener);
  }

  /**
   * Returns a session of a role for a service that acts on its behalf: a job, a function, an execution.
   *
   * @param service such as `lambda.amazonaws.com`, which the role's trust policy must name
   * @param sourceArn the resource that it works for, which a trust policy may require
   * @throws ServiceError of the kind AccessDenied if the role does not exist or does not trust the service
   */
  assumeRole(service: string, roleArn: string, sessionName: string, sourceArn?: string): Principal {
    const caller = { principal: this.principals.service(service), sourceArn };
    this.authorize(caller, { action: 'sts:AssumeRole', resources: [roleArn] }, 'sts');
    return this.principals.role(roleArn, sessionName);
  }

  /** Registers the policies of resources that no service with an API has. @param prefix of their actions */
  addResourcePolicies(prefix: string, policyOf: (arn: string) => unknown): void {
    this.policies.set(prefix, policyOf);
  }

  /** Returns the policy document attached to a resource, such as a bucket or a topic. */
  resourcePolicy(arn: string): unknown {
    const prefix = arn.split(':')[2];
    const ofProvider = this.policies.get(prefix ?? '');
    if (ofProvider) return ofProvider(arn);
    for (const { facts, resourcePolicy } of this.services.values()) {
      if (facts.iamPrefix === prefix && resourcePolicy) return resourcePolicy(arn);
    }
    return undefined;
  }

  /** Returns an ARN in this cloud's account and region: `arn('ssm', 'parameter/x')`. */
  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.region}:${this.account}:${resource}`;
  }

  /** Returns the environment of a process that acts as a role (or, without one, as the operator) in this cloud. */
  environmentFor(roleArn?: string, sessionName = 'local'): Record<string, string> {
    const credentials = roleArn ? this.principals.credentialsFor(roleArn, sessionName) : OPERATOR_CREDENTIALS;
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_REGION: this.region,
      AWS_DEFAULT_REGION: this.region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      ...(credentials.sessionToken && { AWS_SESSION_TOKEN: credentials.sessionToken }),
    };
  }

  private find(service: string, operation: string) {
    const implementation = this.services.get(service);
    if (!implementation)
      throw notSupported(`the service '${service}'`, `Available services: ${this.serviceIds.join(', ')}.`);
    const model = serviceModel(implementation);
    const shapes = model.operations.get(operation);
    if (!shapes) {
      throw new ServiceError('UnknownOperationException', `${service} has no operation '${operation}'.`, {
        status: 404,
      });
    }
    const handler = implementation.operations[operation];
    if (!handler) {
      const known = Object.keys(implementation.operations).join(', ');
      throw notSupported(`${service}:${operation}`, `Supported operations of ${service}: ${known}.`);
    }
    return { handler, implementation, model, shapes };
  }
}

/** Returns `aws:RequestTag/<key>` and `aws:TagKeys` of a request that has tags in the common form. */
function requestTags(input: object): PermissionContext {
  const { Tags: upper, tags: lower } = input as { Tags?: unknown; tags?: unknown };
  const list = upper ?? lower;
  if (!Array.isArray(list) || list.length === 0) return {};
  const tags = list.map((tag: Record<string, string>) => [tag.Key ?? tag.key, tag.Value ?? tag.value ?? '']);
  return {
    'aws:TagKeys': tags.map(([key]) => key!),
    ...Object.fromEntries(tags.map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  };
}
