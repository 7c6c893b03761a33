import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { FunctionTask } from '../function-task';
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
      new FunctionTask(this, 'ReportRun', {
        stateName: 'Report run',
        function: report,
        payload: {
          executionArn: jsonata('$states.context.Execution.Id'),
          plan: jsonata('$plan'),
          data: jsonata('$data'),
          decision: jsonata('$decision'),
          training: jsonata('$training'),
          endpointName,
        },
        outputs: jsonata('$states.result.Payload'),
        timeout: Duration.minutes(2),
      }),
    );
  }
}
