import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { CreateProcessingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { Construct } from 'constructs';
import { gateSettings } from '../../config';
import { LambdaVariable, RUN_ID } from '../../contract/environment';
import { EVALUATION_FILE, layout } from '../../contract/layout';
import { metricOf } from '../../contract/metrics';
import { JobRole } from '../../platform/job-role';
import { NodeFunction } from '../../platform/node-function';
import { FunctionTask } from '../../states/function-task';
import { jsonata, literal } from '../../states/jsonata';
import { after, type Phase, type PhaseExit } from '../../states/phase';
import { isolated, processingCluster, processingInput, processingOutput } from '../../states/processing';
import { SyncJob } from '../../states/sync-job';
import type { RunContext } from '../shared/context';

/**
 * Evaluates candidate, champion and the naive answer on the same holdout, by the serving code, and judges the candidate;
 * assigns `$decision` (`Decision`). Reads `$plan`, `$training` and `$inferenceImage`.
 */
export class EvaluatePhase extends Construct implements Phase<'judged'> {
  readonly startState: sfn.State;
  readonly exits: { readonly judged: PhaseExit };

  constructor(scope: Construct, id: string, run: RunContext) {
    super(scope, id);
    const evaluate = this.evaluateModel(run);
    const decide = new FunctionTask(this, 'Judge', {
      stateName: 'Decide',
      function: this.decide(run),
      payload: {
        runId: jsonata('$plan.runId'),
        finalMetrics: jsonata('$training.finalMetrics'),
      },
      assign: { decision: jsonata('$states.result.Payload') },
      outputs: {},
      timeout: Duration.minutes(2),
    });
    evaluate.next(decide);
    this.startState = evaluate;
    this.exits = { judged: after(decide) };
  }

  private evaluateModel(run: RunContext): sfn.TaskStateBase {
    const { config, store } = run;
    const { maxRuntimeMinutes } = config.evaluation;
    const role = this.jobRole(run);
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
    return new SyncJob<'Processing', CreateProcessingJobCommandInput>(this, 'EvaluateModel', {
      kind: 'Processing',
      ...{ config, store, role },
      stateName: 'Evaluate model',
      name: '$plan.names.evaluation',
      arguments: {
        AppSpecification: { ImageUri: jsonata('$inferenceImage'), ContainerArguments: ['evaluate'] },
        // Before there is a champion, neither its version nor its archive can be given.
        Environment: jsonata(
          `$merge([${literal(environment)}, $plan.champion ? {'CHAMPION_VERSION': $plan.champion.runId} : {}])`,
        ),
        ProcessingInputs: jsonata(`$append(${literal(always)}, $plan.champion ? ${literal(champion)} : [])`),
        ProcessingOutputConfig: processingOutput(store, jsonata('$plan.uris.evaluation')),
        ProcessingResources: processingCluster(config.evaluation, jsonata('$plan.volumes.evaluation'), store),
        StoppingCondition: { MaxRuntimeInSeconds: maxRuntimeMinutes * 60 },
        NetworkConfig: isolated(role),
      },
      timeout: Duration.minutes(maxRuntimeMinutes + 20),
      outputs: {},
    });
  }

  private jobRole({ network, store, images }: RunContext): JobRole {
    const role = new JobRole(this, 'JobRole', {
      kind: 'Evaluation',
      description: 'Evaluation jobs: read the holdout and models, write metrics',
      image: images.inference,
      logs: 'ProcessingJobs',
      network,
    });
    // SageMaker lists the objects that it downloads as a prefix.
    store.grantList(role, store.artifacts);
    store.grantRead(role, ...store.ofRuns(`${layout.preprocessed('*')}*`, `${layout.models('*')}*`));
    store.grantWrite(role, ...store.ofRuns(`${layout.evaluation('*')}*`));
    return role;
  }

  private decide({ config, network, store }: RunContext): NodeFunction {
    const fn = new NodeFunction(this, 'Decide', {
      context: { config, network },
      name: 'decide',
      readsModel: true,
      description: 'Decide: compares the candidate with threshold, naive answer and champion',
      environment: { [LambdaVariable.Gate]: JSON.stringify(gateSettings(config)) },
    });
    store.grantRead(fn, ...store.ofRuns(`${layout.evaluation('*')}${EVALUATION_FILE}`));
    store.grantWrite(fn, ...store.ofRuns(layout.decision('*')));
    return fn;
  }
}
