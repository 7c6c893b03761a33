import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { jsonata } from '../jsonata';

export interface ReportPhaseProps {
  readonly report: IFunction;
  readonly endpointName: string;
}

/** Leaves the run's record, tells the team, and ends the execution with the record as its output. */
export class ReportPhase extends Construct {
  readonly chain: sfn.Chain;

  constructor(scope: Construct, id: string, { report, endpointName }: ReportPhaseProps) {
    super(scope, id);
    this.chain = sfn.Chain.start(
      tasks.LambdaInvoke.jsonata(this, 'ReportRun', {
        stateName: 'Report run',
        lambdaFunction: report,
        payload: sfn.TaskInput.fromObject({
          executionArn: jsonata('$states.context.Execution.Id'),
          plan: jsonata('$plan'),
          data: jsonata('$data'),
          decision: jsonata('$decision'),
          training: jsonata('$training'),
          endpointName,
        }),
        outputs: jsonata('$states.result.Payload'),
        taskTimeout: sfn.Timeout.duration(Duration.minutes(2)),
      }),
    );
  }
}
