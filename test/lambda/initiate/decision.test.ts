import { NO_CHAMPION } from '../../../lambda/initiate/assessment';
import { decide, decideRestoration, type Situation } from '../../../lambda/initiate/decision';
import type { Challenger } from '../../../lib/contract/run';
import { CHAMPION } from '../../templates/support/dry-run';
import { RESTORATION } from '../../templates/support/restore-endings';

const whole = { ...NO_CHAMPION, judgedAgainst: CHAMPION };
const lost = { ...whole, restore: RESTORATION, fault: RESTORATION.reason };
const broken = { ...NO_CHAMPION, broken: 'artifact a was deleted', warnings: ['artifact a; bring it back'] };
const usual: Situation = {
  ...{ print: CHAMPION.fingerprint, champion: CHAMPION, challenger: null, rejection: null },
  ...{ force: false, production: whole },
};
const rejection = (champion: string | null) => ({ runId: 'run-5', reason: 'too low', champion });

test.each<[string, Partial<Situation>, boolean, RegExp]>([
  ['the input of the champion', {}, false, /those of the champion, run run-0/],
  ['the same, while the endpoint is gone', { production: lost }, false, /those of the champion/],
  ['other input', { print: 'x' }, true, /changed/],
  ['force', { force: true }, true, /^forced, with the same input/],
  [
    'a champion that cannot be deployed again',
    { production: broken },
    true,
    /run-0 cannot be deployed again: artifact a/,
  ],
  ['the same, forced', { production: broken, force: true }, true, /^forced/],
  [
    'a rejection against this champion',
    { print: 'x', rejection: rejection('run-0') },
    false,
    /run-5.*too low/,
  ],
  ['a rejection against another one', { print: 'x', rejection: rejection('run-1') }, true, /changed/],
  [
    'a rejection against the one before, which counts again',
    {
      print: 'x',
      rejection: rejection('run-1'),
      production: { ...broken, judgedAgainst: { ...CHAMPION, runId: 'run-1' } },
    },
    false,
    /run-5.*; artifact a/,
  ],
  ['an undecided test', { challenger: { runId: 'run-2' } as Challenger, production: lost }, false, /run-2/],
])('with %s', (_, changes, changed, reason) => {
  expect(decide({ ...usual, ...changes })).toEqual({ changed, reason: expect.stringMatching(reason) });
});

test('a run fails if nothing serves, nothing can be restored, and nothing is trained', () => {
  const production = { ...broken, fault: 'endpoint "e" does not exist' };
  expect(() => decide({ ...usual, print: 'x', rejection: rejection(null), production })).toThrow(
    expect.objectContaining({
      name: 'EndpointNotRestored',
      message: expect.stringContaining('bring it back'),
    }),
  );
});

test('a run that only restores trains in no case', () => {
  expect(decideRestoration(CHAMPION, lost)).toEqual({ changed: false, reason: RESTORATION.reason });
  expect(decideRestoration(CHAMPION, whole)).toEqual({
    changed: false,
    reason: expect.stringContaining('needs no'),
  });
  expect(decideRestoration(CHAMPION, broken).reason).toContain('bring it back');
  const refused = (message: RegExp) =>
    expect.objectContaining({ name: 'EndpointNotRestored', message: expect.stringMatching(message) });
  expect(() => decideRestoration(null, NO_CHAMPION)).toThrow(refused(/no champion .*mlops run --wait/));
  expect(() => decideRestoration(CHAMPION, { ...broken, fault: 'gone' })).toThrow(refused(/bring it back/));
});
