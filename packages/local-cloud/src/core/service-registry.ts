import type { Known } from '../faults/check';
import type { ServiceFacts, ServiceId } from '../model/catalog';
import { notSupported, ServiceError } from '../model/errors';
import { serviceModel, type ServiceModel } from '../model/service-model';
import type { Cloud } from './cloud';
import type { ResourceType, ResourceTypes } from './resource-type';
import type { Call, Caller, Host, Permission, ResourceProvider, ServiceDefinition } from './service';

export type AnyServiceDefinition = { [S in ServiceId]: ServiceDefinition<S> }[ServiceId];

interface AnyService {
  id: ServiceId;
  facts: ServiceFacts;
  operations: Record<string, ((input: object, call: Call) => Promise<object>) | undefined>;
  permissions?: Record<string, ((input: object, caller: Caller) => Permission | Permission[]) | undefined>;
  resourcePolicy?: (arn: string) => unknown;
  host?: Host;
  start?: () => Promise<void>;
  stop?: () => Promise<void>;
}

/** Services and resource types of a cloud, as they are registered. */
export class ServiceRegistry {
  private readonly services = new Map<string, AnyService>();
  private readonly types: Record<string, ResourceType> = {};
  private readonly policies = new Map<string, (arn: string) => unknown>();

  add(cloud: Cloud, definition: AnyServiceDefinition | ResourceProvider): void {
    Object.assign(this.types, definition.resourceTypes);
    if ('connect' in definition) definition.connect?.(cloud);
    if (!('create' in definition)) return;
    const { id, facts } = definition;
    if (this.services.has(id)) throw new Error(`The service ${id} is registered twice.`);
    const service = { ...(definition.create(cloud) as Omit<AnyService, 'id' | 'facts'>), id, facts };
    this.services.set(id, service);
    if (service.resourcePolicy) this.addPolicies(facts.iamPrefix, service.resourcePolicy);
  }

  /** The registered services' ids. */
  get ids(): string[] {
    return [...this.services.keys()];
  }

  /** What a plan of faults may name. */
  get known(): Known {
    return { services: this.ids, operationsOf: (id) => this.operationsOf(id), model: this.model };
  }

  /** The CloudFormation resource types of the registered services. */
  get resourceTypes(): ResourceTypes {
    return this.types;
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

  /** Returns the host that a request's `Host` header names; undefined for the endpoint itself. */
  hostOf(name: string | undefined): Host | undefined {
    return [...this.services.values()].find(({ host }) => host && name?.startsWith(host.prefix))?.host;
  }

  /** Returns an operation with its service. @throws ServiceError if the local cloud does not have it */
  find(service: string, operation: string) {
    const implementation = this.services.get(service);
    if (!implementation)
      throw notSupported(`the service '${service}'`, `Available services: ${this.ids.join(', ')}.`);
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

  /** Registers the policies of resources by the service in their ARNs. */
  addPolicies(prefix: string, policyOf: (arn: string) => unknown): void {
    this.policies.set(prefix, policyOf);
  }

  /** Returns the policy document attached to a resource, such as a bucket or a topic. */
  policyOf(arn: string): unknown {
    return this.policies.get(arn.split(':')[2] ?? '')?.(arn);
  }

  /** Starts the services, in the order in which they were registered. */
  async start(): Promise<void> {
    for (const service of this.services.values()) await service.start?.();
  }

  async stop(): Promise<void> {
    for (const service of [...this.services.values()].reverse()) await service.stop?.();
  }
}
