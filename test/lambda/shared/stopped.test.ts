import { isStopped } from '../../../lambda/shared/stopped';
import type { EndpointLock } from '../../../lib/contract/run';
import { berlin, DAY, NIGHT } from '../../support/working-hours';

const HOUR = 3_600_000;
const stop = (until: number): EndpointLock => ({ action: 'stop', until: new Date(until).toISOString() });

test.each<[string, Parameters<typeof isStopped>, boolean]>([
  ['without working hours', [undefined, null, NIGHT], false],
  ['outside of them', [berlin, null, NIGHT], true],
  ['within them', [berlin, null, DAY], false],
  ['within them, after a stop by hand', [berlin, stop(DAY - HOUR / 2), DAY], true],
  ['within them, while it is being stopped by hand', [berlin, stop(DAY + HOUR / 4), DAY], true],
  ['within them, after a start that did not come', [berlin, stop(DAY - 24 * HOUR), DAY], false],
  ['within them, after a run', [berlin, { runId: 'r', executionArn: 'a' }, DAY], false],
  [
    'within them, after a start',
    [berlin, { action: 'start', until: new Date(DAY).toISOString() }, DAY],
    false,
  ],
])('%s', (_, args, expected) => {
  expect(isStopped(...args)).toBe(expected);
});
