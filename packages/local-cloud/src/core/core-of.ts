import type { Cloud } from './cloud';

// Registered, since the two faces of the package are bundled apart.
const CORE = Symbol.for('local-cloud.core');

/** Lets {@link coreOf} find the core of a local cloud. */
export function withCore<T extends object>(cloud: T, core: Cloud): T {
  return Object.defineProperty(cloud, CORE, { value: core });
}

/** Returns what a local cloud is built on: every service by name, who calls, what is authorized, all events. */
export function coreOf(cloud: object): Cloud {
  return (cloud as Record<symbol, Cloud>)[CORE]!;
}
