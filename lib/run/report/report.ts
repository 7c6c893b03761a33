import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config';
import { FunctionTask } from '../../states/function-task';
import { JobLogs } from './job-logs';
import { jsonata } from '../../states/jsonata';

export interface ReportPhaseProps {
  readonly config: PipelineConfig;
  readonly retire: IFunction;
  readonly report: IFunction;
  readonly endpointName: string;
  /** True if a person approved the model before: `$approval` says who. */
  readonly approved: boolean;
}

/**
 * Limits the logs of jobs, removes former champions from SageMaker, writes the run's record, notifies the team, and
 * ends the execution with the record as its output. The new model is already in service: a failed removal is reported,
 * and does not fail the run.
 */
export class ReportPhase extends Construct {
  readonly chain: sfn.Chain;

  constructor(
    scope: Construct,
    id: string,
    { config, retire, report, endpointName, approved }: ReportPhaseProps,
  ) {
    super(scope, id);
    const reportRun = new FunctionTask(this, 'ReportRun', {
      stateName: 'Report run',
      function: report,
      payload: {
        executionArn: jsonata('$states.context.Execution.Id'),
        plan: jsonata('$plan'),
        data: jsonata('$data'),
        decision: jsonata('$decision'),
        training: jsonata('$training'),
        retired: jsonata('$retired'),
        testing: jsonata('$testing'),
        comparison: jsonata('$comparison'),
        modelPackage: jsonata('$modelPackage'),
        ...(approved && { approval: jsonata('$approval') }),
        endpointName,
      },
      outputs: jsonata('$states.result.Payload'),
      timeout: Duration.minutes(2),
    });
    const retireModels = new FunctionTask(this, 'Retire', {
      stateName: 'Retire old models',
      function: retire,
      payload: {},
      assign: { retired: { runs: jsonata('$states.result.Payload.retired'), failure: null } },
      outputs: {},
      timeout: Duration.minutes(2),
    });
    retireModels.addCatch(reportRun, {
      errors: ['States.ALL'],
      assign: { retired: { runs: [], failure: jsonata('$states.errorOutput.Cause') } },
      outputs: {},
    });
    const logs = new JobLogs(this, 'JobLogs', config);
    // A log that costs some cents more does not fail the run; the next run tries again.
    logs.state.addCatch(retireModels, { errors: ['States.ALL'], outputs: {} });
    this.chain = sfn.Chain.start(logs.state).next(retireModels).next(reportRun);
  }
}
