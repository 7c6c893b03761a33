import type { Cloud } from './cloud';

// A registered symbol, because the package's two entry points are bundled separately.
const CORE = Symbol.for('local-cloud.core');

/** Makes the core of a local cloud available to {@link coreOf}. */
export function withCore<T extends object>(cloud: T, core: Cloud): T {
  return Object.defineProperty(cloud, CORE, { value: core });
}

/** Returns the core of a local cloud: services by name, principals, authorizations and events. */
export function coreOf(cloud: object): Cloud {
  return (cloud as Record<symbol, Cloud>)[CORE]!;
}
