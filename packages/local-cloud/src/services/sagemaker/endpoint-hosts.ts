import { stopFleet, type Fleet } from './endpoint-fleet';
import type { VariantHost } from './endpoint-variants';

/** The variants that get a request. */
export interface Route {
  fleet: Fleet;
  variant: VariantHost;
}

/** The fleets that serve an endpoint: one, or two while traffic moves from one to the other. */
export class EndpointHost {
  /** Each with its share of the requests; the shares add up to 1. */
  private routes: { fleet: Fleet; share: number }[];

  constructor(
    readonly endpointName: string,
    fleet: Fleet,
  ) {
    this.routes = [{ fleet, share: 1 }];
  }

  /** The fleets that get requests. */
  get fleets(): Fleet[] {
    return this.routes.map(({ fleet }) => fleet);
  }

  /** The fleet that gets most requests; with equal shares, the older one. */
  get main(): Fleet {
    return this.routes.reduce((most, route) => (route.share > most.share ? route : most)).fleet;
  }

  /** @param share of the requests that `next` gets from now on, in [0, 1] */
  divide(fleet: Fleet, next: Fleet, share: number): void {
    this.routes = [
      { fleet, share: 1 - share },
      { fleet: next, share },
    ].filter((route) => route.share > 0);
  }

  /**
   * Chooses by the fleets' shares and the variants' weights, unless the request names a variant.
   *
   * @param random in [0, 1)
   * @returns undefined if the endpoint has no variant of this name
   */
  choose(random: number, target?: string): Route | undefined {
    const candidates = this.routes.flatMap(({ fleet, share }) => {
      const named = fleet.variants.filter(({ name }) => target === undefined || name === target);
      const total = named.reduce((sum, { weight }) => sum + weight, 0);
      // A variant of weight 0 gets only the requests that name it.
      const part = (weight: number) => (total > 0 ? weight / total : 1 / named.length);
      return named.map((variant) => ({ fleet, variant, share: share * part(variant.weight) }));
    });
    const able = candidates.filter(({ variant }) => variant.available);
    const routes = able.length > 0 ? able : candidates;
    let left = random * routes.reduce((sum, { share }) => sum + share, 0);
    for (const route of routes) {
      left -= route.share;
      if (left < 0) return route;
    }
    return routes.at(-1);
  }
}

type Listener = (endpointName: string) => void;

/** The serving containers of every endpoint. SageMaker adds them, SageMaker Runtime reads them. */
export class EndpointHosts {
  private readonly hosts = new Map<string, EndpointHost>();
  private readonly listeners = new Set<Listener>();
  private readonly leaving = new Set<Promise<void>>();

  get(endpointName: string): EndpointHost | undefined {
    return this.hosts.get(endpointName);
  }

  all(): EndpointHost[] {
    return [...this.hosts.values()];
  }

  add(host: EndpointHost): void {
    this.hosts.set(host.endpointName, host);
    this.changed(host.endpointName);
  }

  /** Ends the fleets that get no more requests, after their last responses. */
  dismiss(fleet: Fleet): void {
    const gone = stopFleet(fleet).finally(() => this.leaving.delete(gone));
    this.leaving.add(gone);
  }

  async remove(endpointName: string): Promise<void> {
    const host = this.hosts.get(endpointName);
    this.hosts.delete(endpointName);
    this.changed(endpointName);
    await Promise.all(host?.fleets.map(stopFleet) ?? []);
  }

  /** Calls the listener when an endpoint is added or removed, or its number of instances changes. */
  watch(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  changed(endpointName: string): void {
    for (const listener of this.listeners) listener(endpointName);
  }

  async close(): Promise<void> {
    await Promise.all([...this.hosts.keys()].map((name) => this.remove(name)));
    await Promise.all(this.leaving);
  }
}
