import { settled } from '../../../cli/commands/approve';
import { type Ruling } from '../../../lib/contract/approval';
import { ANSWER, ENDS } from '../../lambda/support/approval-question';

test.each<[Ruling, RegExp]>([
  [
    { kind: 'answered', answer: ANSWER },
    /has its answer already: the model was rejected by .*, at 2026-01-02 10:00:00 UTC/,
  ],
  [{ kind: 'late' }, /has ended meanwhile/],
  [{ kind: 'expired', expiresAt: ENDS }, /waited until 2026-01-04 03:04:05 UTC/],
  [{ kind: 'unknown' }, /waits for nobody: it has not asked/],
])('an operator is refused in one sentence: %j', (ruling, message) => {
  expect(() => settled(ruling, 'run-1')).toThrow(message);
});
