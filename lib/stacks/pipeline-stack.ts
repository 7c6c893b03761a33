import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { hasTriggers, resourcePrefix, type PipelineConfig, type ProgramConfig } from '../config';
import { Approval } from '../approval/approval';
import { isGpu } from '../config/instance-types';
import { IMAGES, type ImageName } from '../contract/environment';
import { hyperparameterKey, hyperparameterPath, resolveHyperparameters } from '../contract/hyperparameters';
import { WorkingHours } from '../hours/working-hours';
import { ContainerImage, contentHashes } from '../images/container-image';
import { ImageBuild } from '../images/image-build';
import { capitalise } from '../text';
import { FailureNotification } from '../notifications/failure-notification';
import { NotifyFunction } from '../notifications/notify-function';
import { limitEndpoints } from '../network/endpoint-policies';
import { PrivateNetwork } from '../network/private-network';
import { Dashboard } from '../observability/dashboard';
import { EnvironmentMetrics } from '../observability/metrics';
import { PipelineAlarms } from '../observability/pipeline-alarms';
import { RollbackAlarms } from '../observability/rollback-alarms';
import { DeploymentFunctions } from '../workflow/deployment-functions';
import { TrainingFileSystem } from '../storage/training-file-system';
import { endpointTarget } from '../workflow/endpoint-tasks';
import { JobRoles } from '../workflow/job-roles';
import { Triggers } from '../triggers/triggers';
import { TrainingPipeline } from '../workflow/training-pipeline';
import { WorkflowFunctions } from '../workflow/workflow-functions';
import type { StorageStack } from './storage-stack';

export interface PipelineStackProps extends StackProps {
  readonly config: PipelineConfig;
  readonly storage: StorageStack;
  /** Commit of the code, recorded in each run's manifest. */
  readonly gitCommit: string;
}

/** Trains and deploys models; the stack can be recreated at any time. */
export class PipelineStack extends Stack {
  /** Network of jobs, models and functions, if the configuration has one. */
  readonly network: PrivateNetwork | undefined;
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, { config, storage, gitCommit, ...props }: PipelineStackProps) {
    super(scope, id, props);
    const { store, team, registry } = storage;
    const network = config.network
      ? new PrivateNetwork(this, 'Network', { config: { ...config, network: config.network } })
      : undefined;
    this.network = network;
    const path = hyperparameterPath(config);
    const hyperparameters = this.addHyperparameters(config, path);

    const images = this.containerImages(config, storage);
    const imageBuild = new ImageBuild(this, 'ImageBuild', {
      images: Object.values(images),
      key: store.key,
      logRetention: config.logRetentionDays,
    });
    const endpoint = endpointTarget(config);
    const deployment = new DeploymentFunctions(this, 'Deployment', {
      ...{ config, store, images, endpoint, network },
    });
    const functions = new WorkflowFunctions(this, 'Functions', {
      config,
      store,
      images,
      team,
      hyperparameterPath: path,
      gitCommit,
      network,
    });
    const approval = this.approval(config, storage, network);
    const { input } = config.training;
    const fileSystem =
      network && input.mode === 'FSxLustre'
        ? new TrainingFileSystem(this, 'TrainingFileSystem', { input, store, network })
        : undefined;
    const pipeline = new TrainingPipeline(this, 'Training', {
      config,
      store,
      images,
      project: imageBuild.project,
      roles: new JobRoles(this, 'Roles', { config, store, images, team, network, fileSystem }),
      fileSystem,
      functions,
      deployment,
      team,
      registry,
      askApproval: approval?.ask,
      endpoint,
      alarms: new RollbackAlarms(this, 'RollbackAlarms', { config, endpointName: endpoint.endpointName }),
    });
    const { stateMachine } = pipeline;
    approval?.answerTo(stateMachine);
    this.stateMachine = stateMachine;
    const notify = new NotifyFunction(this, 'Notify', { config, store, team, stateMachine, network });
    new FailureNotification(this, 'FailureNotification', { stateMachine, notify });

    const triggers = hasTriggers(config)
      ? new Triggers(this, 'Triggers', {
          config,
          network,
          stateMachine,
          data: store.data,
          hyperparameterPath: path,
          images: contentHashes(images),
          deployedBefore: [...hyperparameters, functions, pipeline],
        })
      : undefined;
    const { workingHours: hours } = config.endpoint;
    const workingHours =
      hours &&
      new WorkingHours(this, 'WorkingHours', {
        ...{ config, hours, store, endpoint, stateMachine, network },
        scale: deployment.scale,
      });
    if (network) {
      limitEndpoints(network, {
        ...{ config, store, team, endpoint, stateMachine },
        inferenceImage: images.inference,
        hyperparameterPath: path,
        trigger: triggers?.trigger,
        workingHours: workingHours ? { scale: deployment.scale } : undefined,
        approval: approval && {
          topicArn: storage.approvers!.topic.topicArn,
          keyArn: approval.key.keyArn,
        },
      });
    }

    const metrics = new EnvironmentMetrics(config, endpoint.endpointName);
    new PipelineAlarms(this, 'Alarms', {
      ...{ config, team, metrics, notify },
      trigger: triggers?.fn,
      workingHours: workingHours?.fn,
    });
    new Dashboard(this, 'Dashboard', { config, metrics });

    new CfnOutput(this, 'StateMachineArn', { value: pipeline.stateMachine.stateMachineArn });
    new CfnOutput(this, 'HyperparameterPath', { value: path });
    new CfnOutput(this, 'EndpointName', { value: endpoint.endpointName });
    if (workingHours) {
      new CfnOutput(this, 'WorkingHoursFunctionName', { value: workingHours.fn.functionName });
      new CfnOutput(this, 'WorkingHoursOfEndpoint', { value: JSON.stringify(hours) });
    }
    if (deployment.scale) new CfnOutput(this, 'ScaleFunctionName', { value: deployment.scale.functionName });
  }

  private approval(
    { approval, ...config }: PipelineConfig,
    { store, approvers }: StorageStack,
    network: PrivateNetwork | undefined,
  ): Approval | undefined {
    if (!approval || !approvers) return undefined;
    return new Approval(this, 'Approval', {
      config: { ...config, approval },
      ...{ store, approvers, network },
    });
  }

  private containerImages(
    { programs, training }: PipelineConfig,
    { images }: StorageStack,
  ): Record<ImageName, ContainerImage> {
    const program: Record<ImageName, ProgramConfig> = {
      preprocessing: programs.preprocess,
      training: programs.train,
      inference: programs.serve,
    };
    return Object.fromEntries(
      IMAGES.map((name) => {
        const { folder, context, baseImage } = program[name] as Extract<ProgramConfig, { folder: string }>;
        return [
          name,
          new ContainerImage(this, `${capitalise(name)}Image`, {
            ...{ name, folder, context },
            repository: images.repositories[name],
            baseImage:
              typeof baseImage === 'object'
                ? baseImage[isGpu(training.instanceType) ? 'gpu' : 'cpu']
                : baseImage,
          }),
        ];
      }),
    ) as Record<ImageName, ContainerImage>;
  }

  private addHyperparameters(config: PipelineConfig, path: string): StringParameter[] {
    const { hyperparameters: definitions, hyperparameterValues } = config;
    const values = resolveHyperparameters(definitions, [
      { source: 'the configuration', values: hyperparameterValues },
    ]);
    return Object.entries(values).map(([name, value]) => {
      const { description } = definitions[name]!;
      return new StringParameter(this, `Hyperparameter${name.split(/[._]/).map(capitalise).join('')}`, {
        parameterName: hyperparameterKey(path, name),
        stringValue: String(value),
        description: `${resourcePrefix(config)}: ${description}`,
      });
    });
  }
}
