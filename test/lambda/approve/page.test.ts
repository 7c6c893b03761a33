import { escape, questionPage } from '../../../lambda/approve/page';
import type { ApprovalQuestion } from '../../../lib/contract/approval';
import { QUESTION, REPORT_FACTS } from '../support/approval-question';

describe('the approval page', () => {
  const evil = '"><script>alert(1)</script>&\'';
  const hostile: ApprovalQuestion = {
    ...QUESTION,
    runId: evil,
    environment: evil,
    report: {
      ...QUESTION.report,
      reason: evil,
      metrics: { [evil]: 1 },
      verdicts: [{ ...QUESTION.report.verdicts[0]!, name: evil }],
      champion: evil,
      gitCommit: evil,
      images: { [evil]: evil },
      hyperparameters: { [evil]: 1 },
      schema: { ...QUESTION.report.schema!, key: evil },
    },
  };

  test('it holds no markup that came from the data', () => {
    const { body } = questionPage(hostile, 'approve');
    expect(body).toContain(escape(evil));
    expect(body).not.toMatch(/<script|"&gt;|alert\(1\)<\/script/);
    const tags = new Set([...body.matchAll(/<\/?([a-z0-9]+)/g)].map(([, name]) => name));
    const known = new Set(
      [...questionPage(QUESTION, 'approve').body.matchAll(/<\/?([a-z0-9]+)/g)].map(([, n]) => n),
    );
    expect(tags).toEqual(known);
  });

  test('the page shows all that the approver decides by', () => {
    const { body } = questionPage(QUESTION, 'reject');
    for (const fact of REPORT_FACTS) expect(body).toContain(fact);
  });
});
