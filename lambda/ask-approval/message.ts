import type { ApprovalAction, ApprovalQuestion } from '../../lib/contract/approval';
import { reportSections, sectionLines } from '../shared/approval-report';
import { lines, lookFurther, subject, type Message } from '../shared/messages';

/** Returns the mail to the approvers. Each address is on a separate line, so that mail programs recognise all of it. */
export function questionMessage(
  { runId, environment, model, executionArn, expiresAt, report }: ApprovalQuestion,
  links: Readonly<Record<ApprovalAction, string>>,
): Message {
  return {
    subject: subject({ model, environment }, 'approve?', runId),
    body: lines(
      `Run ${runId} trained a model that passed the gate, and waits for your approval to deploy it.`,
      '',
      `${report.reason}.`,
      '',
      'Approve:',
      links.approve,
      '',
      'Reject:',
      links.reject,
      '',
      'Each link opens a page with a button; opening it decides nothing. The first answer counts.',
      `Without an answer until ${expiresAt.slice(0, 16).replace('T', ' ')} UTC, the model is rejected.`,
      '',
      ...sectionLines(reportSections(report)),
      'To decide without the links, with permissions in the account:',
      `  npx mlops approve ${runId} --model ${model} --environment ${environment}`,
      `  npx mlops reject ${runId} --model ${model} --environment ${environment} --reason "…"`,
      '',
      ...lookFurther(executionArn),
    ),
  };
}
