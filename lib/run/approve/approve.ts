import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { APPROVAL_STATE } from '../../contract/approval';
import { FunctionTask } from '../../states/function-task';
import { jsonata } from '../../states/jsonata';
import { after, type Phase, type PhaseExit } from '../../states/phase';
import { settlePackage } from '../register/register';
import type { RunContext } from '../shared/context';
import { Approval } from './approval';

/** Fields of the answer (`ApprovalAnswer`), one by one: a state outputs only the fields that it names. */
const FIELDS = ['approved', 'by', 'at', 'reason', 'message'] as const;

/**
 * Waits for a person's decision on a model that passed the gate, and updates its status in the registry; assigns
 * `$approval` (`ApprovalAnswer`). An expired question is a denial. Reads `$plan` and `$modelPackage`.
 */
export class ApprovePhase extends Construct implements Phase<'approved' | 'denied'> {
  readonly startState: sfn.State;
  readonly exits: Readonly<Record<'approved' | 'denied', PhaseExit>>;

  constructor(scope: Construct, id: string, run: RunContext) {
    super(scope, id);
    const { days } = run.config.approval!;
    const ask = new FunctionTask(this, 'AskPeople', {
      stateName: APPROVAL_STATE,
      function: new Approval(this, 'Approval', run).ask,
      waitForTaskToken: true,
      payload: {
        runId: jsonata('$plan.runId'),
        executionArn: jsonata('$states.context.Execution.Id'),
        taskToken: jsonata('$states.context.Task.Token'),
      },
      assign: {
        approval: Object.fromEntries(FIELDS.map((field) => [field, jsonata(`$states.result.${field}`)])),
      },
      outputs: {},
      timeout: Duration.days(days),
    });
    const settle = (status: 'Approved' | 'Rejected', stateName: string) =>
      settlePackage(this, run.registry, { stateName, status, reason: '$approval.message' });
    const approved = settle('Approved', 'Approve model package');
    const denied = settle('Rejected', 'Reject model package');
    ask.next(
      sfn.Choice.jsonata(this, 'Approved', { stateName: 'Approved?' })
        .when(sfn.Condition.jsonata(jsonata('$approval.approved')), approved)
        .otherwise(denied),
    );
    ask.addCatch(denied, { errors: ['States.Timeout'], assign: { approval: expired(days) }, outputs: {} });
    this.startState = ask;
    this.exits = { approved: after(approved), denied: after(denied) };
  }
}

/** Returns the answer to a question that nobody answered in time. */
function expired(days: number) {
  return {
    approved: false,
    by: null,
    at: jsonata('$now()'),
    reason: null,
    message: `the question expired after ${days} ${days === 1 ? 'day' : 'days'}, so the model was rejected`,
  };
}
