import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { ServiceId } from '../model/catalog';
import { callWithFault } from '../faults/call-fault';
import { Faults } from '../faults/faults';
import { NoAnswer } from '../faults/no-answer';
import type { FaultPlan } from '../faults/rules';
import { systemClock, type Clock } from './clock';
import { fullDisk } from './full-disk';
import { ServiceError } from '../model/errors';
import { EventBus } from './events';
import { OwnHosts } from './foreign-requests';
import { Journal } from './journal';
import { OPERATOR_CREDENTIALS, Principals, type Principal } from './principals';
import { startServer, type Server } from './server';
import type {
  Caller,
  Input,
  OperationName,
  Output,
  Permission,
  PermissionContext,
  ResourceProvider,
  Settings,
} from './service';
import { requestTags } from './request-tags';
import { ServiceRegistry, type AnyServiceDefinition } from './service-registry';
import { getsSparse, sparseAnswer } from './sparse-answers';
import { SkippingClock } from './skipping-clock';
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
  /**
   * What fails. A plan is checked once the services are registered, in {@link Cloud.listen}. Default: nothing; the clock
   * then cannot jump.
   */
  faults?: FaultPlan;
}

/** Operations that change nothing that has to outlive the process. */
const READS = /^(Get|Head|List|Describe|BatchGet|Filter|InvokeEndpoint$)/;

/** AWS on this machine: services, principals and state. Every operation goes through {@link Cloud.call}. */
export class Cloud {
  /** Of the endpoint of all services. */
  readonly hosts = new OwnHosts();
  readonly region: string;
  readonly account: string;
  readonly clock: Clock;
  readonly stateDirectory: string;
  readonly stores: Stores;
  readonly principals: Principals;
  readonly events: EventBus;
  readonly journal: Journal;
  readonly settings: Settings;
  readonly services = new ServiceRegistry();
  readonly faults: Faults;
  private readonly sparse: boolean;
  private readonly plan: FaultPlan | undefined;
  private readonly clocks: SkippingClock[] = [];
  private readonly parts = new Map<unknown, unknown>();
  private readonly authorizeRequest: Authorize;
  private readonly authorizationListeners = new Set<(request: AuthorizationRequest) => void>();
  private server: Server | undefined;

  constructor(options: CloudOptions) {
    this.region = options.region ?? 'us-east-1';
    this.account = options.account ?? '123456789012';
    this.plan = options.faults;
    this.faults = new Faults(
      () => this.services.known,
      () => this.clock.now(),
      (fault) =>
        void this.events.publish({
          source: 'local-cloud.faults',
          detailType: 'Fault Injected',
          detail: { ...fault },
        }),
    );
    this.clock = this.clockOf(options.clock ?? systemClock);
    this.stateDirectory = options.stateDirectory;
    this.settings = options.settings ?? {};
    this.sparse = options.sparseAnswers ?? false;
    this.stores = new Stores(join(options.stateDirectory, 'state'));
    this.principals = new Principals(this.account, this.clock);
    this.events = new EventBus(this, this.clock, this.faults);
    this.journal = new Journal(options.journalFile);
    this.authorizeRequest = options.authorizer?.(this) ?? (() => undefined);
  }

  register(...definitions: (AnyServiceDefinition | ResourceProvider)[]): this {
    for (const definition of definitions) this.services.add(this, definition);
    return this;
  }

  /** Returns a clock that a fault can set forward; in a cloud without a plan, the clock itself. */
  clockOf(base: Clock): Clock {
    if (!this.plan) return base;
    const clock = new SkippingClock(0, base);
    this.clocks.push(clock);
    return clock;
  }

  /** Returns the cloud's one instance of a class that several services share, made on first use. */
  part<T>(Part: new (cloud: Cloud) => T): T {
    if (!this.parts.has(Part)) this.parts.set(Part, new Part(this));
    return this.parts.get(Part) as T;
  }

  /** Opens the HTTP endpoint on 127.0.0.1 (port 0: any free port), then starts the services. */
  async listen(port = 0): Promise<string> {
    if (this.plan) this.faults.set(this.plan);
    this.server = await startServer(this, port);
    await this.services.start();
    return this.server.endpoint;
  }

  /** The endpoint, `http://127.0.0.1:<port>`. Throws before {@link Cloud.listen}. */
  get endpoint(): string {
    if (!this.server) throw new Error('The local cloud has no endpoint before listen() was called.');
    return this.server.endpoint;
  }

  /** Stops the services and the endpoint, and writes all state. */
  async close(): Promise<void> {
    await this.services.stop();
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
      const { handler, implementation, model, shapes } = this.services.find(service, operation);
      assertValid(model, operation, input);
      const needed = implementation.permissions?.[operation]?.(input, caller);
      permissions = needed
        ? [needed].flat()
        : [{ action: `${model.iamPrefix}:${operation}`, resources: ['*'] }];
      const tags = requestTags(input);
      for (const { context, ...permission } of permissions) {
        this.authorize(caller, { ...permission, context: { ...tags, ...context } }, implementation.id);
      }
      const run = async () => {
        const answer = await handler(input, { ...caller, requestId });
        assertWellFormed(`${service}:${operation}`, shapes.output, answer);
        return answer;
      };
      const { principal, state } = caller;
      const fault = this.faults.ofCall({ service, operation, input, caller: principal.arn, state });
      const jump = (seconds: number) => this.clocks.forEach((clock) => clock.skip(seconds));
      const output = await (fault === undefined
        ? run()
        : callWithFault({ fault, model, caller, permissions, jump }, run));
      const sparse = this.sparse && getsSparse(service, caller.principal);
      return sparse ? sparseAnswer(shapes.output, output) : output;
    } catch (thrown) {
      const error = fullDisk(thrown, this.stateDirectory) ?? thrown;
      const known = error instanceof ServiceError ? error : undefined;
      const message = known?.recorded ?? (error instanceof Error ? error.message : String(error));
      const outcome = error instanceof NoAnswer ? error.name : (known?.code ?? 'InternalFailure');
      failure = { outcome, message };
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
   * Writes what a call changed; before it is answered to somebody outside, who relies on it. Calls of services are not
   * written one by one: what a service does in one go is written together. Without room on the disk, calls that only read
   * are still answered.
   *
   * @throws ServiceError InsufficientStorage
   */
  commit(operation: string): void {
    try {
      this.stores.commit();
    } catch (error) {
      const full = fullDisk(error, this.stateDirectory);
      if (!full || !READS.test(operation)) throw full ?? error;
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
}
