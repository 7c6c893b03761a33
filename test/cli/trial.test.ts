import type { EndedRun } from '../../cli/follow';
import { resourcesHash, trialProblem } from '../../cli/trial';

const template = (resources: object, outputs: object = {}) =>
  JSON.stringify({ Resources: resources, Outputs: outputs });
const plan = (commit: string, image: string) => ({
  Plan: { Type: 'AWS::Lambda::Function', Properties: { Settings: JSON.stringify({ commit, image }) } },
});

test('a commit alone is no change; an image is', () => {
  const hash = resourcesHash(template(plan('c0ffee1', 'a')), 'c0ffee1');
  expect(resourcesHash(template(plan('deadbee', 'a'), { GitCommit: 'x' }), 'deadbee')).toBe(hash);
  expect(resourcesHash(template(plan('deadbee', 'b')), 'deadbee')).not.toBe(hash);
  expect(resourcesHash(template(plan('deadbee', 'a')))).not.toBe(hash);
});

const ended = (decision: string, value: number | null | undefined): EndedRun => ({
  runId: 'r',
  decision,
  error: null,
  message: 'why',
  headline: value === undefined ? null : { name: 'rmse', value, interval: null, naive: null, champion: null },
});

test.each<[string, number | null | undefined, string | undefined]>([
  ['deployed', 0.9, undefined],
  ['testing', 0.9, undefined],
  ['deployed', null, 'run r has the gate metric {"name":"rmse","value":null'],
  ['deployed', undefined, 'run r has the gate metric null'],
  ['nothing-to-do', 0.9, 'run r is "nothing-to-do" (why)'],
  ['rejected', 0.9, 'run r is "rejected" (why)'],
])('a run that is %s with %s: %s', (decision, value, problem) => {
  const found = trialProblem(ended(decision, value));
  if (problem === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(problem);
});
