import { Duration } from 'aws-cdk-lib';
import { Policy, PolicyStatement, type IRole } from 'aws-cdk-lib/aws-iam';
import type { IProject } from 'aws-cdk-lib/aws-codebuild';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../acknowledgements';
import { resourcePrefix, type PipelineConfig } from '../config';
import type { ImageName } from '../contract/environment';
import { ErrorName } from '../contract/errors';
import { layout } from '../contract/layout';
import type { ContainerImage } from '../images/container-image';
import type { RollbackAlarms } from '../observability/rollback-alarms';
import type { DataStore } from '../storage/data-store';
import type { TrainingFileSystem } from '../storage/training-file-system';
import type { TeamTopic } from '../notifications/team-topic';
import type { ModelRegistry } from '../registry/model-registry';
import type { DeploymentFunctions } from './deployment-functions';
import type { EndpointTarget } from './endpoint-tasks';
import type { JobRoles } from './job-roles';
import { jsonata } from './jsonata';
import { executionsArn, kindsMade, sageMakerArn } from './permissions';
import { ApprovePhase } from './phases/approve';
import { BuildPhase } from './phases/build';
import { DeployPhase } from './phases/deploy';
import { EvaluatePhase } from './phases/evaluate';
import { ImportPhase, tasksArn } from './phases/import';
import { PreparePhase } from './phases/prepare';
import { PreprocessPhase } from './phases/preprocess';
import { packagesArn, RegisterPhase } from './phases/register';
import { ReportPhase } from './phases/report';
import { ScorePhase } from './phases/score';
import { TrainPhase } from './phases/train';
import { Rejection } from './rejection';
import { jobLogArns } from './job-logs';
import { endsScaling, scalableTargetsArn } from './scaling-end';
import type { WorkflowFunctions } from './workflow-functions';

export interface TrainingPipelineProps {
  readonly config: PipelineConfig;
  readonly store: DataStore;
  readonly images: Readonly<Record<ImageName, ContainerImage>>;
  readonly project: IProject;
  readonly roles: JobRoles;
  /** The file system that training reads instead of the bucket, where configured. */
  readonly fileSystem: TrainingFileSystem | undefined;
  readonly functions: WorkflowFunctions;
  readonly deployment: DeploymentFunctions;
  readonly team: TeamTopic;
  readonly registry: ModelRegistry;
  /** Asks people before a deployment; undefined without approval. */
  readonly askApproval?: IFunction;
  readonly endpoint: EndpointTarget;
  /** Alarms that roll a deployment back. */
  readonly alarms: RollbackAlarms;
}

/**
 * Maximum duration of a run: training and waiting for Spot and for people, builds, and every other phase at its limit.
 */
const OTHER_PHASES = Duration.hours(8);

/**
 * The state machine: prepare → build, preprocess and train in parallel where they can → evaluate and register →
 * approve, where configured → deploy → report.
 */
export class TrainingPipeline extends Construct {
  readonly stateMachine: sfn.StateMachine;

  constructor(scope: Construct, id: string, props: TrainingPipelineProps) {
    super(scope, id);
    const { config, store, registry, roles, functions, deployment, endpoint } = props;
    const prepare = new PreparePhase(this, 'Prepare', { initiate: functions.initiate });
    const makeModel = this.makeModel(props);
    const register = new RegisterPhase(this, 'Register', {
      ...{ config, registry },
      approval: config.approval !== null,
    });
    const evaluate = new EvaluatePhase(this, 'Evaluate', {
      config,
      store,
      jobRole: roles.evaluation,
      decide: functions.decide,
      register,
    });
    const deploy = this.deploy(props, prepare);
    const report = new ReportPhase(this, 'Report', {
      config,
      retire: deployment.retire,
      report: functions.report,
      endpointName: endpoint.endpointName,
      approved: props.askApproval !== undefined,
    });
    prepare.whenChanged(makeModel);
    makeModel.next(evaluate.startState);
    deploy.chain.next(report.chain);
    evaluate.whenGoodEnough(this.approved(props, register, deploy.startState));

    const { spot, maxRuntimeMinutes } = config.training;
    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      comment: 'Trains a model and deploys it if it passes the gate',
      queryLanguage: sfn.QueryLanguage.JSONATA,
      definitionBody: sfn.DefinitionBody.fromChainable(prepare.startState),
      timeout: Duration.minutes((spot?.maxWaitMinutes ?? 0) + maxRuntimeMinutes)
        .plus(OTHER_PHASES)
        .plus(Duration.days(config.approval?.days ?? 0)),
      tracingEnabled: true,
      logs: {
        destination: new logs.LogGroup(this, 'Log', { retention: config.logRetentionDays }),
        level: sfn.LogLevel.ALL,
        // Payloads hold S3 addresses and metrics, no data; without them a failure cannot be analysed.
        includeExecutionData: true,
      },
    });
    this.letLook(
      'ClaimLooks',
      deployment.endpointLock.role,
      'states:DescribeExecution',
      'the last run that deployed may be any execution of this state machine',
    );
    this.letLook(
      'ReportLooks',
      functions.report.role,
      'states:GetExecutionHistory',
      'it adds up the usage of any execution of this state machine',
    );
    this.acknowledge(props);
  }

  /** Brings the model into service, on the endpoint or for batch predictions. */
  private deploy(
    { config, store, team, endpoint, alarms, roles, deployment }: TrainingPipelineProps,
    prepare: PreparePhase,
  ): { readonly startState: sfn.State; readonly chain: sfn.Chain } {
    const { serving } = config.endpoint;
    const modelRole = roles.model;
    if (serving.kind !== 'batch') {
      prepare.whenUnchanged();
      const functions = { ...deployment, smokeTest: deployment.smokeTest! };
      return new DeployPhase(this, 'Deploy', {
        ...{ config, store, team, target: endpoint, alarms, modelRole, functions },
      });
    }
    const functions = { endpointLock: deployment.endpointLock, listInputs: deployment.listInputs! };
    const score = new ScorePhase(this, 'Score', { config, serving, store, modelRole, functions });
    prepare.whenUnchanged((nothingToDo) => score.newInputs(nothingToDo));
    return score;
  }

  /** Adds a separate policy: in the function's own policy it would make machine and function depend on each other. */
  private letLook(id: string, role: IRole, action: string, because: string): void {
    const executions = executionsArn(this.stateMachine);
    const policy = new Policy(this, id, {
      roles: [role],
      statements: [new PolicyStatement({ actions: [action], resources: [executions] })],
    });
    acknowledgeWildcard(policy, executions, because);
  }

  /** Adds the approval before `next`. @returns `next`, or the approval where configured */
  private approved(
    { config, store, askApproval }: TrainingPipelineProps,
    register: RegisterPhase,
    next: sfn.IChainable,
  ): sfn.IChainable {
    if (!config.approval || !askApproval) return next;
    const approve = new ApprovePhase(this, 'Approve', { days: config.approval.days, ask: askApproval });
    const deny = new Rejection(this, 'Deny', {
      store,
      names: { record: 'Record denial', fail: 'Deny model' },
      error: ErrorName.ApprovalDenied,
      reason: '$approval.message',
    });
    const settle = (status: 'Approved' | 'Rejected', stateName: string) =>
      register.settle(this, `Settle${status}`, { stateName, status, reason: '$approval.message' });
    approve.whenApproved(settle('Approved', 'Approve model package').next(next));
    approve.whenDenied(settle('Rejected', 'Reject model package').next(deny.startState));
    return approve.startState;
  }

  /** Accepts the wildcards of the role's policy, which the tasks of all phases add up to. */
  private acknowledge({ config, store, registry, fileSystem }: TrainingPipelineProps): void {
    const { role } = this.stateMachine;
    acknowledgeWildcard(role, packagesArn(this, registry), 'the registry numbers the versions of the group');
    acknowledgeWildcard(
      role,
      '*',
      'delivery of the execution log and X-Ray have no resource-level permissions; CDK adds them for logs and tracing' +
        (fileSystem ? '; nor has describing a task of a file system' : ''),
    );
    if (fileSystem) {
      acknowledgeWildcard(
        role,
        tasksArn(this),
        'FSx gives a task its id; the statement also names the file system',
      );
    }
    acknowledgeWildcard(
      role,
      store.artifacts.arnForObjects(layout.rejection('*')),
      'the key of a rejection holds the fingerprint of the input, known when a run starts',
    );
    for (const arn of jobLogArns(this, config)) {
      acknowledgeWildcard(role, arn, 'the suffix of a log group name in a policy; the group itself is named');
    }
    if (endsScaling(config)) {
      acknowledgeWildcard(
        role,
        scalableTargetsArn(this),
        'Application Auto Scaling generates the names of targets',
      );
    }
    for (const kind of kindsMade(config.endpoint.serving)) {
      acknowledgeWildcard(
        role,
        sageMakerArn(this, resourcePrefix(config), kind),
        `a run names each ${kind} after itself, behind the prefix of the environment`,
      );
    }
  }

  /**
   * ┬ ┬ build preprocessing → preprocess ┬→ train ┬→
   * │ └ build training ──────────────────┘        │
   * └ build inference ────────────────────────────┘
   *
   * Where training reads a file system, the data is imported before it. Assigns `$data`, `$training`, `$images` (of
   * preprocessing and training) and `$inferenceImage`.
   */
  private makeModel({
    config,
    store,
    images,
    project,
    roles,
    functions,
    fileSystem,
  }: TrainingPipelineProps): sfn.Parallel {
    const build = (name: ImageName, constructId: string) =>
      new BuildPhase(this, constructId, { image: images[name], project }).chain;
    const preprocess = new PreprocessPhase(this, 'Preprocess', {
      config,
      store,
      jobRole: roles.preprocessing,
      checkData: functions.checkData,
    });
    const train = new TrainPhase(this, 'Train', { config, store, jobRole: roles.training, fileSystem });
    const read = fileSystem
      ? new ImportPhase(this, 'Import', { fileSystem }).chain.next(train.chain)
      : train.chain;
    const prepareTraining = sfn.Parallel.jsonata(this, 'PrepareTraining', {
      stateName: 'Prepare training',
      assign: { prepared: jsonata('$states.result[0]') },
      outputs: jsonata('$states.result[1]'),
    })
      .branch(build('preprocessing', 'BuildPreprocessing').next(preprocess.chain))
      .branch(build('training', 'BuildTraining'));
    const collect = sfn.Pass.jsonata(this, 'Collect', {
      stateName: 'Keep data summary',
      outputs: {
        data: jsonata('$prepared.summary'),
        training: jsonata('$states.input'),
        images: { preprocessing: jsonata('$prepared.image'), training: jsonata('$states.input.image') },
      },
    });
    return sfn.Parallel.jsonata(this, 'MakeModel', {
      stateName: 'Build images and train',
      assign: {
        data: jsonata('$states.result[0].data'),
        training: jsonata('$states.result[0].training'),
        images: jsonata('$states.result[0].images'),
        inferenceImage: jsonata('$states.result[1].image'),
      },
      outputs: {},
    })
      .branch(sfn.Chain.start(prepareTraining).next(read).next(collect))
      .branch(build('inference', 'BuildInference'));
  }
}
