import type { Placement } from './networks';

/** Network interfaces of one user, such as a function or the instances of an endpoint. */
export interface InterfacesOf extends Placement {
  /** ARN of the user. */
  readonly user: string;
}

/**
 * The network interfaces that services keep in subnets. Each service tells its own, from its state: nothing has to be
 * attached or detached.
 */
export class NetworkInterfaces {
  private readonly sources: (() => readonly InterfacesOf[])[] = [];

  /** @param source returns a service's present interfaces */
  register(source: () => readonly InterfacesOf[]): void {
    this.sources.push(source);
  }

  /** Returns the user of an interface in a subnet, or with a security group. */
  userOf(id: string): string | undefined {
    return this.sources
      .flatMap((source) => source())
      .find(({ subnets, securityGroups }) => subnets.includes(id) || securityGroups.includes(id))?.user;
  }
}
