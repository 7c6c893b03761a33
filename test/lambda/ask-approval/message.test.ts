import { questionMessage } from '../../../lambda/ask-approval/message';
import { QUESTION, REPORT_FACTS } from '../support/approval-question';

const { subject, body } = questionMessage(QUESTION, { approve: 'https://a', reject: 'https://r' });

test('the subject names environment and run', () => {
  expect(subject).toMatch(/^\[table-dev\] .*run-1$/);
});

test('each link has a line of its own, and the end of the question is named', () => {
  expect(body).toMatch(/^Approve:\nhttps:\/\/a\n\nReject:\nhttps:\/\/r\n/m);
  expect(body).toContain('2026-01-04 03:04 UTC');
});

test('the mail shows all that the approver decides by, and not every object of the data', () => {
  for (const fact of REPORT_FACTS) expect(body).toContain(fact);
  expect(body).not.toContain('v-6');
});
