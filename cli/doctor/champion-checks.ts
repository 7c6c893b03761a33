import { describePart, endpointFault, remedyOf, type EndpointNow } from '../../lib/contract/production';
import { isWorkingTime, type WorkingHours } from '../../lib/contract/working-hours';
import { finding, type Finding, type FoundChampion } from './checks';

/** @param found null without a champion */
export function checkChampion(found: FoundChampion | null): Finding {
  const { ok, fails } = finding('champion');
  if (!found) return ok('there is none yet');
  const { champion, missing } = found;
  if (missing.length === 0) return ok(`${champion.runId} can be deployed again`);
  const remedies = new Set(missing.map(remedyOf));
  return fails(`${champion.runId}: ${missing.map(describePart).join(', ')}`, [...remedies].join('; '));
}

/**
 * @param endpoint undefined: it does not exist
 * @param hours null without working hours
 * @param now milliseconds since the epoch
 */
export function checkServing(
  name: string,
  found: FoundChampion | null,
  endpoint: EndpointNow | undefined,
  { hours, now }: { readonly hours: WorkingHours | null; readonly now: number },
): Finding {
  const { ok, fails } = finding('in service');
  if (!found) return ok('there is no champion yet');
  if (!endpoint && hours && !isWorkingTime(hours, now)) return ok('outside of the working hours');
  const { champion, challenger } = found;
  const wanted = [champion.endpointConfigName, ...(challenger ? [challenger.testConfigName] : [])];
  const fault = endpointFault(name, endpoint, wanted);
  if (fault === undefined) return ok(`${name} serves ${champion.runId}`);
  return fails(
    `${fault}; the champion is ${champion.runId}`,
    'npx mlops endpoint restore brings the champion back into service',
  );
}
