import { decide, mayDeploy, type Decision } from '../../../lambda/working-hours/decision';
import { type Asked } from '../../../lambda/working-hours/event';
import type { Challenger, EndpointLock } from '../../../lib/contract/run';
import { berlin, DAY as day, NIGHT as night } from '../../support/working-hours';

const run: EndpointLock = { runId: 'run-1', executionArn: 'arn-1' };

const ended: EndpointLock = { action: 'stop', until: '2026-11-20T17:31:00Z' };

const unchanged = { leave: expect.any(String) as string };

test.each<[string, Asked, EndpointLock | null, Decision]>([
  ['starts when they begin', { kind: 'hours', action: 'start', time: day }, null, { action: 'start' }],
  ['stops when they are over', { kind: 'hours', action: 'stop', time: night }, run, { action: 'stop' }],
  ['takes no late start', { kind: 'hours', action: 'start', time: night }, null, unchanged],
  ['takes no late stop', { kind: 'hours', action: 'stop', time: day }, null, unchanged],
  [
    'stops after a run that deployed at night',
    { kind: 'run', executionArn: 'arn-1', time: night },
    run,
    { action: 'stop' },
  ],
  [
    'starts after one that undid a deployment by day',
    { kind: 'run', executionArn: 'arn-1', time: day },
    run,
    { action: 'start' },
  ],
  [
    'leaves it after one that did not deploy',
    { kind: 'run', executionArn: 'arn-2', time: night },
    run,
    unchanged,
  ],
  [
    'leaves an endpoint that an operator started, after a run with nothing to do',
    { kind: 'run', executionArn: 'arn-2', time: night },
    ended,
    unchanged,
  ],
  [
    'does what an operator requests',
    { kind: 'hand', action: 'start', time: night },
    null,
    { action: 'start' },
  ],
])('%s', (_, asked, claim, decision) => {
  expect(decide(asked, berlin, claim)).toEqual(decision);
});

test.each<[string, Asked, EndpointLock | null, Challenger | null, string | undefined]>([
  ['a run that may deploy', { kind: 'hours', action: 'stop', time: night }, run, null, 'arn-1'],
  ['not the run that ended', { kind: 'run', executionArn: 'arn-1', time: night }, run, null, undefined],
  [
    'not one that observes a challenger',
    { kind: 'hours', action: 'stop', time: night },
    run,
    { runId: 'run-1' } as Challenger,
    undefined,
  ],
  [
    'no execution after a start or stop',
    { kind: 'hand', action: 'stop', time: night },
    ended,
    null,
    undefined,
  ],
  ['no execution without a lock', { kind: 'hand', action: 'stop', time: night }, null, null, undefined],
])('waits for %s', (_, asked, claim, challenger, execution) => {
  expect(mayDeploy(asked, claim, challenger)).toBe(execution);
});
