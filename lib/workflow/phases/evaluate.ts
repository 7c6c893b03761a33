import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { CreateProcessingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../../config';
import { ErrorName } from '../../contract/errors';
import { metricOf } from '../../contract/metrics';
import { RUN_ID } from '../../contract/environment';
import { runTags } from '../../contract/tags';
import type { DataStore } from '../../storage/data-store';
import { FunctionTask } from '../function-task';
import { jsonata, literal } from '../jsonata';
import type { JobRole } from '../job-role';
import { grantForVolumes, onSageMaker, passToSageMaker, SyncRule, syncRule } from '../permissions';
import { Rejection } from '../rejection';
import { isolated, processingCluster, processingInput, processingOutput } from '../processing';
import { capacityRetry, startRetry } from '../retry';
import { ServiceTask } from '../service-task';
import type { RegisterPhase } from './register';

export interface EvaluatePhaseProps {
  readonly config: PipelineConfig;
  readonly store: DataStore;
  readonly jobRole: JobRole;
  readonly decide: IFunction;
  readonly register: RegisterPhase;
}

/**
 * Evaluates candidate, champion and the naive answer on the same holdout, by the serving code, judges and registers the
 * candidate; assigns `$decision` (`Decision`). Reads `$plan`, `$training` and `$inferenceImage`.
 */
export class EvaluatePhase extends Construct {
  readonly startState: sfn.TaskStateBase;
  private readonly goodEnough: sfn.Choice;

  constructor(scope: Construct, id: string, props: EvaluatePhaseProps) {
    super(scope, id);
    const evaluate = this.evaluateModel(props);
    const decide = new FunctionTask(this, 'Decide', {
      stateName: 'Decide',
      function: props.decide,
      payload: {
        runId: jsonata('$plan.runId'),
        finalMetrics: jsonata('$training.finalMetrics'),
      },
      assign: { decision: jsonata('$states.result.Payload') },
      outputs: {},
      timeout: Duration.minutes(2),
    });
    this.goodEnough = sfn.Choice.jsonata(this, 'GoodEnough', { stateName: 'Good enough?' });
    const reject = new Rejection(this, 'Reject', {
      store: props.store,
      names: { record: 'Record rejection', fail: 'Reject model' },
      error: ErrorName.ModelRejected,
      reason: '$decision.reason',
    });
    this.goodEnough.otherwise(reject.startState);
    this.startState = evaluate;
    evaluate.next(decide).next(props.register.state).next(this.goodEnough);
  }

  /** Adds the state after an accepted model. @param next first state of a run whose model passed the gate */
  whenGoodEnough(next: sfn.IChainable): void {
    this.goodEnough.when(sfn.Condition.jsonata(jsonata('$decision.accepted')), next);
  }

  private evaluateModel({ config, store, jobRole }: EvaluatePhaseProps): sfn.TaskStateBase {
    const input = (name: string, uri: string) => processingInput(name, jsonata(uri));
    const always = [
      input('validation', '$plan.uris.scoringValidation'),
      input('test', '$plan.uris.scoringTest'),
      input('candidate', '$training.modelDataUrl'),
    ];
    const environment = {
      [RUN_ID]: jsonata('$plan.runId'),
      CANDIDATE_VERSION: jsonata('$plan.runId'),
      BOOTSTRAP_CONFIDENCE: String(config.gate.confidence),
      BOOTSTRAP_RESAMPLES: String(config.gate.resamples),
      SERVING_METRICS: String(
        config.gate.metrics?.some(({ name }) => metricOf(name, config.metrics)?.onRequest) ?? false,
      ),
    };
    const champion = [input('champion', '$plan.champion.modelDataUrl')];
    const task = new ServiceTask<CreateProcessingJobCommandInput>(this, 'EvaluateModel', {
      stateName: 'Evaluate model',
      action: 'sagemaker:createProcessingJob.sync',
      arguments: {
        ProcessingJobName: jsonata(
          "$plan.names.evaluation & '-' & $string($states.context.State.RetryCount)",
        ),
        RoleArn: jobRole.role.roleArn,
        AppSpecification: { ImageUri: jsonata('$inferenceImage'), ContainerArguments: ['evaluate'] },
        // Before there is a champion, neither its version nor its archive can be given.
        Environment: jsonata(
          `$merge([${literal(environment)}, $plan.champion ? {'CHAMPION_VERSION': $plan.champion.runId} : {}])`,
        ),
        ProcessingInputs: jsonata(`$append(${literal(always)}, $plan.champion ? ${literal(champion)} : [])`),
        ProcessingOutputConfig: processingOutput(store, jsonata('$plan.uris.evaluation')),
        ProcessingResources: processingCluster(config.evaluation, jsonata('$plan.volumes.evaluation'), store),
        StoppingCondition: { MaxRuntimeInSeconds: config.evaluation.maxRuntimeMinutes * 60 },
        NetworkConfig: isolated(jobRole),
        Tags: runTags(config, jsonata('$plan.runId')),
      },
      timeout: Duration.minutes(config.evaluation.maxRuntimeMinutes + 20),
      policies: [
        grantForVolumes(store.key),
        onSageMaker(
          this,
          resourcePrefix(config),
          ['processing-job'],
          ['CreateProcessingJob', 'DescribeProcessingJob', 'StopProcessingJob', 'AddTags'],
        ),
        passToSageMaker(jobRole.role),
        syncRule(this, SyncRule.Processing),
      ],
      outputs: {},
    });
    task.addRetry(capacityRetry);
    task.addRetry(startRetry);
    return task;
  }
}
