import type { ServiceId } from '../../src/model/catalog';
import type { ServiceDefinition } from '../../src/core/service';

/** A service that answers as a test says, in the place of the real one. */
export function fake<S extends ServiceId>(
  { id, facts }: ServiceDefinition<S>,
  create: ServiceDefinition<S>['create'],
): ServiceDefinition<S> {
  return { id, facts, create };
}
