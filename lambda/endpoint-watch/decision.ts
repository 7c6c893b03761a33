import { UPDATING_STATUSES } from '../../lib/contract/endpoint';
import { endpointFault, type EndpointNow } from '../../lib/contract/production';
import type { Challenger, Champion } from '../../lib/contract/run';

/** The endpoint at one moment, and what should serve. */
export interface Look {
  readonly endpointName: string;
  readonly champion: Champion | null;
  readonly challenger: Challenger | null;
  /** Undefined: it does not exist. */
  readonly endpoint: EndpointNow | undefined;
  /** True if it should not exist now, because of its working hours. */
  readonly stopped: boolean;
  /** True if a run, or a start or stop for working hours, is changing the endpoint. */
  readonly locked: boolean;
}

export type Finding =
  | { readonly kind: 'serves' }
  /** Nothing is known: somebody is changing the endpoint, and its end sends another event. */
  | { readonly kind: 'changing' }
  | { readonly kind: 'fault'; readonly fault: string };

/** Decides if the endpoint serves the champion, or the test that the champion is in. */
export function judge(look: Look): Finding {
  const { endpointName, champion, challenger, endpoint, stopped, locked } = look;
  if (!champion || (stopped && !endpoint)) return { kind: 'serves' };
  const wanted = [champion.endpointConfigName, ...(challenger ? [challenger.testConfigName] : [])];
  const fault = endpointFault(endpointName, endpoint, wanted);
  if (fault === undefined) return { kind: 'serves' };
  // Of one that is being deleted, no later event is documented.
  const updating = endpoint !== undefined && UPDATING_STATUSES.includes(endpoint.status);
  return locked || updating ? { kind: 'changing' } : { kind: 'fault', fault };
}
