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
      `Without an answer until ${timeOf(expiresAt)} UTC, the model is rejected.`,
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

/** Returns the mail to the team of a pipeline with automatic triggers. It has no links: it decides nothing. */
export function waitingMessage({
  runId,
  environment,
  model,
  executionArn,
  expiresAt,
}: ApprovalQuestion): Message {
  return {
    subject: subject({ model, environment }, 'waits for approval', runId),
    body: lines(
      `Run ${runId} trained a model that passed the gate, and waits for approval until ${timeOf(expiresAt)} UTC at most.`,
      '',
      'No automatic run starts before that: triggers such as new data are kept, and start one run after the answer.',
      'What waits:',
      `  npx mlops status ${runId} --model ${model} --environment ${environment}`,
      '',
      ...lookFurther(executionArn),
    ),
  };
}

function timeOf(expiresAt: string): string {
  return expiresAt.slice(0, 16).replace('T', ' ');
}
