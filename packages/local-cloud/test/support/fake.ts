import type { ServiceId } from '../../src/model/catalog';
import type { ServiceDefinition } from '../../src/core/service';

/** A service whose operations the test defines, in place of the real one. */
export function fake<S extends ServiceId>(
  { id, facts }: ServiceDefinition<S>,
  create: ServiceDefinition<S>['create'],
): ServiceDefinition<S> {
  return { id, facts, create };
}
