import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { FunctionTask } from '../../states/function-task';
import { jsonata } from '../../states/jsonata';
import { Duration } from 'aws-cdk-lib';

export interface PreparePhaseProps {
  readonly initiate: IFunction;
}

/**
 * Pins the inputs of the run with the function `initiate`; assigns `$plan` (`RunPlan`). Ends the run if nothing
 * changed.
 */
export class PreparePhase extends Construct {
  readonly startState: sfn.INextable & sfn.IChainable;
  private readonly anythingChanged: sfn.Choice;
  private readonly nothingToDo: sfn.Succeed;

  constructor(scope: Construct, id: string, { initiate }: PreparePhaseProps) {
    super(scope, id);
    const initiateRun = new FunctionTask(this, 'Initiate', {
      stateName: 'Plan run',
      function: initiate,
      payload: {
        runId: jsonata('$states.context.Execution.Name'),
        executionArn: jsonata('$states.context.Execution.Id'),
        input: jsonata('$states.input'),
      },
      assign: { plan: jsonata('$states.result.Payload') },
      outputs: {},
      timeout: Duration.minutes(10),
    });
    const nothingToDo = sfn.Succeed.jsonata(this, 'NothingToDo', {
      stateName: 'Nothing to do',
      outputs: {
        decision: 'nothing-to-do',
        runId: jsonata('$plan.runId'),
        message: jsonata('$plan.reason'),
        champion: jsonata('$plan.champion'),
      },
    });
    this.anythingChanged = sfn.Choice.jsonata(this, 'AnythingChanged', { stateName: 'Anything changed?' });
    this.nothingToDo = nothingToDo;
    this.startState = initiateRun;
    initiateRun.next(this.anythingChanged);
  }

  /** Adds the end of an unchanged run. @param work creates the states before the end, given the end */
  whenUnchanged(work: (nothingToDo: sfn.IChainable) => sfn.IChainable = (nothingToDo) => nothingToDo): void {
    this.anythingChanged.otherwise(work(this.nothingToDo));
  }

  /** Adds the state after the choice. @param next first state of a run with something to do */
  whenChanged(next: sfn.IChainable): void {
    this.anythingChanged.when(sfn.Condition.jsonata(jsonata('$plan.changed')), next);
  }
}
