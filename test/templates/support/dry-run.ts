import { HOSTED_MEDIA_TYPE } from '../../../lib/contract/images';
import {
  EXECUTION_NAME,
  type JsonObject,
  type JsonValue,
  StatesError,
  type TaskRequest,
  TaskTokens,
  runDefinition,
} from 'local-cloud/testing';
import type { Assessment } from '../../../lambda/initiate/assessment';
import type { PipelineConfig } from '../../../lib/config';
import type { ApprovalAnswer } from '../../../lib/contract/approval';
import type { Champion, Decision, RunPlan } from '../../../lib/contract/run';
import { planOf } from './plan';
import { definitionOf } from './state-machine';
import { synthesise } from './synthesis';

/** The endpoint as SageMaker has it. */
export interface Endpoint {
  status: string;
  config: string;
}

export type Answer = (request: TaskRequest, world: World) => JsonValue | undefined;

export interface World {
  readonly plan: RunPlan;
  readonly tokens: TaskTokens;
  /** Null: there is none. */
  endpoint: Endpoint | null;
}

export interface Scenario {
  readonly champion?: Champion;
  readonly endpoint?: Endpoint;
  readonly force?: boolean;
  readonly restore?: boolean;
  /** What is wrong with the champion. */
  readonly production?: Partial<Assessment>;
  /** Answers in place of the usual ones, by state; one that gives undefined falls back to the usual one. */
  readonly answers?: Readonly<Record<string, Answer>>;
}

export interface DryRun {
  readonly status: string;
  readonly error?: string;
  readonly cause?: string;
  readonly output?: JsonValue;
  /** States in the order they were entered. */
  readonly entered: readonly string[];
  readonly requests: readonly TaskRequest[];
  readonly endpoint: Endpoint | null;
  readonly plan: RunPlan;
}

/** As `Record champion` writes it. */
export const CHAMPION: Champion = {
  runId: 'run-0',
  fingerprint: 'f0',
  modelName: 'mlops-run-0-model',
  endpointConfigName: 'mlops-run-0-config',
  modelDataUrl: 's3://artifacts-bucket/runs/run-0/models/job/output/model.tar.gz',
  inferenceImage: 'inference@sha256:00',
  metrics: { accuracy: 0.9 },
  headline: { name: 'accuracy', value: 0.9, interval: [0.85, 0.95], naive: 0.6, champion: null },
  deployedAt: '2026-01-01T00:00:00Z',
};

export const SERVING: Endpoint = { status: 'InService', config: CHAMPION.endpointConfigName };

const RUN_ID = EXECUTION_NAME;

/** Runs the synthesised state machine on a virtual clock with fake services. */
export async function dryRun(config: PipelineConfig, scenario: Scenario = {}): Promise<DryRun> {
  const { champion, force, restore, production, answers = {} } = scenario;
  const plan = await planOf(config, { runId: RUN_ID, champion, force, restore, production });
  const tokens = new TaskTokens();
  const world: World = { plan, tokens, endpoint: scenario.endpoint ? { ...scenario.endpoint } : null };
  const requests: TaskRequest[] = [];
  const { result, events } = await runDefinition(definitionOf(synthesise(config)), {
    taskTokens: tokens,
    task: (request) => {
      requests.push(request);
      return answers[request.stateName]?.(request, world) ?? usualAnswer(request, world);
    },
  });
  return {
    ...result,
    entered: events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []),
    requests,
    endpoint: world.endpoint,
    plan,
  };
}

const DECISION: Decision = {
  accepted: true,
  reason: 'accuracy 0.9700 reaches the threshold',
  metrics: { accuracy: 0.97 },
  headline: { name: 'accuracy', value: 0.97, interval: [0.93, 0.99], naive: 0.6, champion: null },
};

/** Answers the approval question of a task. */
export function answerWith(answer: ApprovalAnswer): Answer {
  return ({ arguments: args }, { tokens }) => {
    const { taskToken } = (args as { Payload: { taskToken: string } }).Payload;
    tokens.sendTaskSuccess(taskToken, { ...answer });
    return {};
  };
}

const APPROVED = answerWith({
  approved: true,
  by: 'link',
  at: '2026-01-01T00:00:00Z',
  reason: null,
  message: 'the model was approved through a link of the mail',
});

/** Answers that other states read; all other functions answer an empty object. */
const FUNCTIONS: Record<string, (world: World) => unknown> = {
  'Plan run': ({ plan }) => plan,
  'Check data': () => ({ rows: { train: 60, validation: 20, test: 20 }, rejected: 0, note: '' }),
  Decide: () => DECISION,
  'Acquire endpoint lock': ({ plan }) => ({ runId: plan.runId, executionArn: 'arn' }),
  'List inputs': () => ({ objects: 2, manifest: 's3://artifacts-bucket/scoring.manifest' }),
  'List new inputs': () => ({ objects: 0, manifest: 's3://artifacts-bucket/scoring.manifest' }),
  'Smoke test': () => ({ answers: 8 }),
  'Prepare scaling': () => ({ variants: [] }),
  'Acquire lock to restore': ({ plan }) => ({ runId: plan.runId, executionArn: 'arn' }),
  'Test restored endpoint': () => ({ answers: 8 }),
  'Report restored champion': ({ plan }) => ({ decision: 'restored', runId: plan.runId }),
  'Prepare scaling to restore': () => ({ variants: [] }),
  'Set up scaling of restored': () => ({ variants: ['primary'] }),
  'Set up scaling': () => ({ variants: ['primary'] }),
  'Prepare scaling of champion': () => ({ variants: [] }),
  'Set up scaling of champion': () => ({ variants: ['primary'] }),
  'Compare answers': () => ({ requests: 3, rows: 3, agreement: 1 }),
  'Retire old models': () => ({ retired: [] }),
  'Report run': ({ plan }) => ({ decision: 'deployed', runId: plan.runId }),
};

/** Successful answers of the services. */
function usualAnswer(request: TaskRequest, world: World): JsonValue {
  const { resource, stateName, arguments: given } = request;
  const args = given as Record<string, string>;
  switch (resource.split(':::')[1]) {
    case 'lambda:invoke':
      return { StatusCode: 200, Payload: (FUNCTIONS[stateName]?.(world) ?? {}) as JsonValue };
    case 'lambda:invoke.waitForTaskToken':
      return APPROVED(request, world)!;
    case 'aws-sdk:ecr:batchGetImage':
      return {
        Images: [
          {
            ImageId: { ImageDigest: `sha256:${'0'.repeat(64)}` },
            ImageManifestMediaType: HOSTED_MEDIA_TYPE,
          },
        ],
        Failures: [],
      };
    case 'codebuild:startBuild.sync':
      return { Build: { BuildStatus: 'SUCCEEDED' } };
    case 'sagemaker:createProcessingJob.sync':
      return { ProcessingJobStatus: 'Completed' };
    case 'sagemaker:createTransformJob.sync':
      return { TransformJobStatus: 'Completed' };
    case 'sagemaker:createTrainingJob.sync':
      return trainingJob(given as JsonObject, 'Completed');
    case 'aws-sdk:sagemaker:describeEndpoint':
      if (!world.endpoint) throw endpointAbsent(args.EndpointName!);
      return {
        EndpointName: args.EndpointName!,
        EndpointStatus: world.endpoint.status,
        EndpointConfigName: world.endpoint.config,
        ProductionVariants: [{ VariantName: 'primary' }],
      };
    case 'aws-sdk:sagemaker:createModelPackage':
      return { ModelPackageArn: 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/mlops-table-dev/1' };
    case 'aws-sdk:fsx:createDataRepositoryTask':
      return { DataRepositoryTask: { TaskId: `task-${args.Type}`, Lifecycle: 'PENDING' } };
    case 'aws-sdk:fsx:describeDataRepositoryTasks':
      return { DataRepositoryTasks: [{ TaskId: 'task-1', Lifecycle: 'SUCCEEDED' }] };
    case 'aws-sdk:cloudwatch:describeAlarms':
      return { MetricAlarms: [] };
    case 'aws-sdk:applicationautoscaling:deregisterScalableTarget':
      throw new StatesError('ApplicationAutoScaling.ObjectNotFoundException', 'No scalable target found');
    case 'aws-sdk:sagemaker:createEndpoint':
    case 'aws-sdk:sagemaker:updateEndpoint':
      world.endpoint = { status: 'InService', config: args.EndpointConfigName! };
      return { EndpointArn: 'arn' };
    case 'aws-sdk:sagemaker:deleteEndpoint':
      world.endpoint = null;
      return {};
    default:
      return {};
  }
}

/** SageMaker's description of a job that was started with `args`. */
export function trainingJob(args: JsonObject, status: string): JsonObject {
  const { S3OutputPath } = args.OutputDataConfig as { S3OutputPath: string };
  const name = args.TrainingJobName as string;
  return {
    TrainingJobName: name,
    TrainingJobStatus: status,
    ModelArtifacts: { S3ModelArtifacts: `${S3OutputPath}${name}/output/model.tar.gz` },
    FinalMetricDataList: [{ MetricName: 'validation:accuracy', Value: 0.97, Timestamp: 1_767_225_600_000 }],
    TrainingTimeInSeconds: 100,
    BillableTimeInSeconds: 30,
  };
}

/** The training job waited too long for Spot, or ran out of time. */
export const trainingStopped: Answer = ({ arguments: args }) => {
  const { TrainingJobName = null, TrainingJobStatus = null } = trainingJob(args as JsonObject, 'Stopped');
  // Seen in an account: `ModelArtifacts` null, although the API's model requires it (sagemaker-python-sdk pull 6091).
  return { TrainingJobName, TrainingJobStatus, ModelArtifacts: null };
};

/** SageMaker has no error name for it. */
function endpointAbsent(name: string): StatesError {
  return new StatesError(
    'SageMaker.SageMakerException',
    `Could not find endpoint "${name}". (Service: SageMaker, Status Code: 400, Request ID: 1)`,
  );
}

export function failWith(error: string, cause: string): Answer {
  return () => {
    throw new StatesError(error, cause);
  };
}

/** Arguments of the first request of a state. */
export function argumentsOf<T>({ requests }: DryRun, stateName: string): T {
  const request = requests.find((candidate) => candidate.stateName === stateName);
  if (!request) throw new Error(`state "${stateName}" asked for nothing`);
  return request.arguments as T;
}
