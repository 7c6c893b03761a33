import type { ApprovalAction, ApprovalQuestion } from '../../lib/contract/approval';
import { reportSections, sectionLines } from '../shared/approval-report';
import { lines, lookFurther, subject, type Message } from '../shared/messages';

/** The mail to the approvers. Each address stands on a line of its own, so that mail programs see all of it. */
export function questionMessage(
  { runId, environment, executionArn, expiresAt, report }: ApprovalQuestion,
  links: Readonly<Record<ApprovalAction, string>>,
): Message {
  return {
    subject: subject(environment, 'approve?', runId),
    body: lines(
      `Run ${runId} trained a model that passed the gate, and waits for your word before it is deployed.`,
      '',
      `${report.reason}.`,
      '',
      'Approve:',
      links.approve,
      '',
      'Reject:',
      links.reject,
      '',
      'Each opens a page that asks once more; opening it decides nothing. The first answer counts.',
      `Without one until ${expiresAt.slice(0, 16).replace('T', ' ')} UTC the model is rejected.`,
      '',
      ...sectionLines(reportSections(report)),
      'With permissions in the account, and without the links:',
      `  npx mlops approve ${runId} --environment ${environment}`,
      `  npx mlops reject ${runId} --environment ${environment} --reason "…"`,
      '',
      ...lookFurther(executionArn),
    ),
  };
}
