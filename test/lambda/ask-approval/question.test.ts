import { expiryOf } from '../../../lambda/ask-approval/question';
import { ENDS } from '../support/approval-question';

test('links end in whole seconds after the configured days', () => {
  expect(expiryOf(new Date('2026-01-02T03:04:05.678Z'), 2)).toBe(Date.parse(ENDS) / 1000);
});
