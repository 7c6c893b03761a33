import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { CreateProcessingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { Construct } from 'constructs';
import { gateSettings, hasSchema, type PipelineConfig } from '../../config';
import { evaluatesByTransform } from '../../config/programs';
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
import { ANSWERS, Predictions } from './predictions';

/** Inputs of the evaluation job by name, as expressions, and its program. */
interface EvaluationJob {
  readonly image: string;
  readonly argument: 'evaluate' | 'score';
  readonly always: Readonly<Record<string, string>>;
  /** Where there is a champion that can be measured. */
  readonly ofChampion: Readonly<Record<string, string>>;
  /** Expression for that. */
  readonly comparable: string;
  /** Expression for further variables, an object. */
  readonly environment: string;
}

/** By the serving code itself. */
const BY_SERVING: EvaluationJob = {
  image: '$inferenceImage',
  argument: 'evaluate',
  always: {
    validation: '$plan.uris.scoringValidation',
    test: '$plan.uris.scoringTest',
    candidate: '$training.modelDataUrl',
  },
  ofChampion: { champion: '$plan.judgedAgainst.modelDataUrl' },
  comparable: '$plan.judgedAgainst',
  environment: "$plan.judgedAgainst ? {'CHAMPION_VERSION': $plan.judgedAgainst.runId} : {}",
};

/** By the answers of transform jobs. */
function byAnswers(config: PipelineConfig): EvaluationJob {
  const answers = (folder: keyof typeof ANSWERS) => `$plan.uris.answers & '${ANSWERS[folder]}'`;
  return {
    image: '$evaluationImage',
    argument: 'score',
    always: {
      ...(hasSchema(config) && { schema: '$plan.uris.schema' }),
      test: '$plan.uris.scoringTest',
      rows: '$plan.uris.rowsTest',
      candidate: answers('candidate'),
      ...(config.metrics.agreement !== null && {
        validation: '$plan.uris.scoringValidation',
        'candidate-validation': answers('candidateValidation'),
      }),
    },
    ofChampion: { champion: answers('champion') },
    comparable: '$plan.judgedAgainst and $championFailure = null',
    environment:
      `${BY_SERVING.environment}, ` +
      // SageMaker's limit for a value of the environment.
      "$championFailure = null ? {} : {'CHAMPION_FAILURE': $substring($championFailure, 0, 256)}",
  };
}

/**
 * Evaluates candidate, champion and the naive answer on the same holdout and judges the candidate; assigns `$decision`
 * (`Decision`). The serving code evaluates; where it cannot, transform jobs predict, and a program of its own scores
 * their answers. Reads `$plan`, `$training`, `$inferenceImage` and `$evaluationImage`.
 */
export class EvaluatePhase extends Construct implements Phase<'judged'> {
  readonly startState: sfn.State;
  readonly exits: { readonly judged: PhaseExit };

  constructor(scope: Construct, id: string, run: RunContext) {
    super(scope, id);
    const predictions = evaluatesByTransform(run.config)
      ? new Predictions(this, 'Predictions', run)
      : undefined;
    const evaluate = this.evaluateModel(run, predictions ? byAnswers(run.config) : BY_SERVING);
    predictions?.exits.done.to({ startState: evaluate });
    const decide = new FunctionTask(this, 'Judge', {
      stateName: 'Decide',
      function: this.decide(run),
      payload: {
        runId: jsonata('$plan.runId'),
        finalMetrics: jsonata('$training.finalMetrics'),
        warnings: jsonata('$append($plan.warnings, $notRestored ? [$notRestored] : [])'),
      },
      assign: { decision: jsonata('$states.result.Payload') },
      outputs: {},
      timeout: Duration.minutes(2),
    });
    evaluate.next(decide);
    this.startState = predictions?.startState ?? evaluate;
    this.exits = { judged: after(decide) };
  }

  private evaluateModel(run: RunContext, job: EvaluationJob): sfn.TaskStateBase {
    const { config, store } = run;
    const { maxRuntimeMinutes } = config.evaluation;
    const role = this.jobRole(run);
    const inputs = (uris: Readonly<Record<string, string>>) =>
      literal(Object.entries(uris).map(([name, uri]) => processingInput(name, jsonata(uri))));
    const environment = {
      [RUN_ID]: jsonata('$plan.runId'),
      CANDIDATE_VERSION: jsonata('$plan.runId'),
      BOOTSTRAP_CONFIDENCE: String(config.gate.confidence),
      BOOTSTRAP_RESAMPLES: String(config.gate.resamples),
      SERVING_METRICS: String(
        config.gate.metrics?.some(({ name }) => metricOf(name, config.metrics)?.onRequest) ?? false,
      ),
    };
    return new SyncJob<'Processing', CreateProcessingJobCommandInput>(this, 'EvaluateModel', {
      kind: 'Processing',
      ...{ config, store, role },
      stateName: 'Evaluate model',
      limit: 'evaluation.maxRuntimeMinutes',
      name: '$plan.names.evaluation',
      arguments: {
        AppSpecification: { ImageUri: jsonata(job.image), ContainerArguments: [job.argument] },
        // Before there is a champion, neither its version nor its archive can be given.
        Environment: jsonata(`$merge([${literal(environment)}, ${job.environment}])`),
        ProcessingInputs: jsonata(
          `$append(${inputs(job.always)}, ${job.comparable} ? ${inputs(job.ofChampion)} : [])`,
        ),
        ProcessingOutputConfig: processingOutput(store, jsonata('$plan.uris.evaluation')),
        ProcessingResources: processingCluster(config.evaluation, jsonata('$plan.volumes.evaluation'), store),
        StoppingCondition: { MaxRuntimeInSeconds: maxRuntimeMinutes * 60 },
        NetworkConfig: isolated(role),
      },
      timeout: Duration.minutes(maxRuntimeMinutes + 20),
      outputs: {},
    });
  }

  private jobRole({ config, network, store, images }: RunContext): JobRole {
    const scores = images.evaluation;
    const role = new JobRole(this, 'JobRole', {
      kind: 'Evaluation',
      description: `Evaluation jobs: read the holdout and ${scores ? 'answers' : 'models'}, write metrics`,
      image: scores ?? images.inference,
      logs: 'ProcessingJobs',
      network,
    });
    // SageMaker lists the objects that it downloads as a prefix.
    store.grantList(role, store.artifacts);
    const inputs = [
      layout.preprocessed('*'),
      ...(scores ? [] : [layout.models('*')]),
      ...(scores && hasSchema(config) ? [layout.schemaFolder('*')] : []),
    ];
    store.grantRead(role, ...store.ofRuns(...inputs.map((folder) => `${folder}*`)));
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
    // Without it, a missing evaluation would read as a denial.
    store.grantList(fn, store.artifacts);
    store.grantRead(fn, ...store.ofRuns(`${layout.evaluation('*')}${EVALUATION_FILE}`));
    store.grantWrite(fn, ...store.ofRuns(layout.decision('*')));
    return fn;
  }
}
