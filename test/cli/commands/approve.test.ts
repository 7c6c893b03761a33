import { settled } from '../../../cli/commands/approve';
import { OperatorError } from '../../../cli/errors';
import type { Ruling } from '../../../lib/contract/approval';
import { ANSWER, ENDS } from '../../lambda/support/approval-question';

test('a decision is returned', () => {
  expect(settled({ kind: 'decided', answer: ANSWER }, 'run-1')).toBe(ANSWER);
});

test.each<Ruling>([
  { kind: 'answered', answer: ANSWER },
  { kind: 'late' },
  { kind: 'expired', expiresAt: ENDS },
  { kind: 'unknown' },
])('a decision without effect is an error: %j', (ruling) => {
  expect(() => settled(ruling, 'run-1')).toThrow(OperatorError);
  expect(() => settled(ruling, 'run-1')).toThrow('run "run-1"');
});
