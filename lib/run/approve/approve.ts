import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { APPROVAL_STATE } from '../../contract/approval';
import { hasTriggers } from '../../config';
import { LambdaVariable } from '../../contract/environment';
import { layout } from '../../contract/layout';
import { NodeFunction } from '../../platform/node-function';
import { FunctionTask } from '../../states/function-task';
import { jsonata } from '../../states/jsonata';
import { after, type Phase, type PhaseExit } from '../../states/phase';
import { settlePackage } from '../register/register';
import type { RunContext } from '../shared/context';
import { ApprovalApi } from './approval-api';
import { LinkKey } from './link-key';

/** Fields of the answer (`ApprovalAnswer`), one by one: a state outputs only the fields that it names. */
const FIELDS = ['approved', 'by', 'at', 'reason', 'message'] as const;

/**
 * Waits for a person's decision on a model that passed the gate, and updates its status in the registry; assigns
 * `$approval` (`ApprovalAnswer`). An expired question is a denial. Reads `$plan` and `$modelPackage`.
 */
export class ApprovePhase extends Construct implements Phase<'approved' | 'denied'> {
  readonly startState: sfn.State;
  readonly exits: Readonly<Record<'approved' | 'denied', PhaseExit>>;
  private readonly key: LinkKey;

  constructor(scope: Construct, id: string, run: RunContext) {
    super(scope, id);
    const { config, registry } = run;
    const { days } = config.approval!;
    this.key = new LinkKey(this, 'LinkKey');
    const { url } = new ApprovalApi(this, 'Links', { config, approve: this.answerFunction(run) });
    const ask = new FunctionTask(this, 'AskPeople', {
      stateName: APPROVAL_STATE,
      function: this.askFunction(run, url),
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
      settlePackage(this, registry, { stateName, status, reason: '$approval.message' });
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

  /** Creates the function behind the links of the mail. */
  private answerFunction({ config, network, store, machine }: RunContext): NodeFunction {
    const fn = new NodeFunction(this, 'Answer', {
      context: { config, network },
      name: 'approve',
      description: 'Approve: shows the question of a link, and takes its answer',
      environment: { [LambdaVariable.ApprovalKey]: this.key.keyArn },
    });
    // The object may be missing.
    store.grantList(fn, store.artifacts);
    store.grantRead(fn, ...store.ofRuns(layout.approval('*')));
    store.grantWrite(fn, ...store.ofRuns(layout.approval('*')));
    this.key.grantVerify(fn);
    // AWS checks the permission against the machine's ARN, although the service authorization reference lists no
    // resource for it (aws/aws-cdk#8486).
    fn.allow(['states:SendTaskSuccess'], [machine.arn], { separately: true });
    return fn;
  }

  private askFunction({ config, network, store, team, approvers }: RunContext, url: string): NodeFunction {
    const fn = new NodeFunction(this, 'Ask', {
      context: { config, network },
      name: 'ask-approval',
      description: 'Ask for approval: stores the question and mails it with its links',
      environment: {
        [LambdaVariable.Environment]: config.environment,
        [LambdaVariable.Model]: config.model,
        [LambdaVariable.ApprovalUrl]: url,
        [LambdaVariable.ApprovalKey]: this.key.keyArn,
      },
      settings: { days: config.approval!.days },
    });
    store.grantRead(fn, ...store.ofRuns(layout.manifest('*'), layout.decision('*')));
    store.grantWrite(fn, ...store.ofRuns(layout.approval('*')));
    approvers!.grantPublish(fn);
    // Automatic runs wait for the answer, and the team is not always among the approvers.
    if (hasTriggers(config)) team.grantPublish(fn, LambdaVariable.TeamTopicArn);
    this.key.grantSign(fn);
    return fn;
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
