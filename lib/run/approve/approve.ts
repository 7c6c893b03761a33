import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { APPROVAL_STATE } from '../../contract/approval';
import { FunctionTask } from '../../states/function-task';
import { jsonata } from '../../states/jsonata';

export interface ApprovePhaseProps {
  /** Days until the question expires. */
  readonly days: number;
  /** Stores the question and mails it; a person answers its task token later. */
  readonly ask: IFunction;
}

/** Fields of the answer (`ApprovalAnswer`), one by one: a state outputs only the fields that it names. */
const FIELDS = ['approved', 'by', 'at', 'reason', 'message'] as const;

/**
 * Waits for a person's decision on a model that passed the gate; assigns `$approval` (`ApprovalAnswer`). An expired
 * question is a denial. Reads `$plan`.
 */
export class ApprovePhase extends Construct {
  readonly startState: sfn.TaskStateBase;
  private readonly approved: sfn.Choice;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ApprovePhaseProps,
  ) {
    super(scope, id);
    this.startState = new FunctionTask(this, 'Ask', {
      stateName: APPROVAL_STATE,
      function: props.ask,
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
      timeout: Duration.days(props.days),
    });
    this.approved = sfn.Choice.jsonata(this, 'Approved', { stateName: 'Approved?' });
    this.startState.next(this.approved);
  }

  /** Adds the state after an approval. @param next first state of a run whose model may be deployed */
  whenApproved(next: sfn.IChainable): void {
    this.approved.when(sfn.Condition.jsonata(jsonata('$approval.approved')), next);
  }

  /**
   * Adds the state after a denial. @param next first state of a run whose model was rejected, or whose question expired
   */
  whenDenied(next: sfn.IChainable): void {
    const { days } = this.props;
    this.approved.otherwise(next);
    this.startState.addCatch(next, {
      errors: ['States.Timeout'],
      assign: {
        approval: {
          approved: false,
          by: null,
          at: jsonata('$now()'),
          reason: null,
          message: `the question expired after ${days} ${days === 1 ? 'day' : 'days'}, so the model was rejected`,
        },
      },
      outputs: {},
    });
  }
}
