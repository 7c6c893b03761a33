import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { hasTriggers, resourcePrefix, type PipelineConfig } from '../config';
import { isGpu } from '../config/instance-types';
import { IMAGES, type ImageName } from '../contract/environment';
import {
  HYPERPARAMETERS,
  hyperparameterKey,
  hyperparameterPath,
  resolveHyperparameters,
} from '../contract/hyperparameters';
import { ContainerImage, contentHashes } from '../images/container-image';
import { ImageBuild } from '../images/image-build';
import { capitalise } from '../text';
import { FailureNotification } from '../notifications/failure-notification';
import { NotifyFunction } from '../notifications/notify-function';
import { Dashboard } from '../observability/dashboard';
import { EnvironmentMetrics } from '../observability/metrics';
import { PipelineAlarms } from '../observability/pipeline-alarms';
import { RollbackAlarms } from '../observability/rollback-alarms';
import { DeploymentFunctions } from '../workflow/deployment-functions';
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

/** Everything that trains and deploys; it can be rebuilt at any time. */
export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, { config, storage, gitCommit, ...props }: PipelineStackProps) {
    super(scope, id, props);
    const { store, team, registry } = storage;
    const path = hyperparameterPath(config.name, config.environment);
    const hyperparameters = this.addHyperparameters(config, path);

    const images = this.containerImages(config, storage);
    const imageBuild = new ImageBuild(this, 'ImageBuild', {
      images: Object.values(images),
      key: store.key,
      logRetention: config.logRetentionDays,
    });
    const endpoint = endpointTarget(config);
    const deployment = new DeploymentFunctions(this, 'Deployment', { config, store, images, endpoint });
    const functions = new WorkflowFunctions(this, 'Functions', {
      config,
      store,
      images,
      team,
      hyperparameterPath: path,
      gitCommit,
    });
    const pipeline = new TrainingPipeline(this, 'Training', {
      config,
      store,
      images,
      project: imageBuild.project,
      roles: new JobRoles(this, 'Roles', { config, store, images, team }),
      functions,
      deployment,
      team,
      registry,
      endpoint,
      alarms: new RollbackAlarms(this, 'RollbackAlarms', { config, endpointName: endpoint.endpointName }),
    });
    const { stateMachine } = pipeline;
    const notify = new NotifyFunction(this, 'Notify', { config, store, team, stateMachine });
    new FailureNotification(this, 'FailureNotification', { stateMachine, notify });

    let triggers: Triggers | undefined;
    if (hasTriggers(config)) {
      triggers = new Triggers(this, 'Triggers', {
        config,
        stateMachine,
        data: store.data,
        hyperparameterPath: path,
        images: contentHashes(images),
        deployedBefore: [...hyperparameters, functions, pipeline],
      });
    }

    const metrics = new EnvironmentMetrics(config, endpoint.endpointName);
    new PipelineAlarms(this, 'Alarms', { config, team, metrics, notify, trigger: triggers?.fn });
    new Dashboard(this, 'Dashboard', { config, metrics });

    new CfnOutput(this, 'StateMachineArn', { value: pipeline.stateMachine.stateMachineArn });
    new CfnOutput(this, 'HyperparameterPath', { value: path });
    new CfnOutput(this, 'EndpointName', { value: endpoint.endpointName });
    if (deployment.scale) new CfnOutput(this, 'ScaleFunctionName', { value: deployment.scale.functionName });
  }

  private containerImages(
    config: PipelineConfig,
    { images }: StorageStack,
  ): Record<ImageName, ContainerImage> {
    const { instanceType, cpuBaseImage, gpuBaseImage } = config.training;
    const baseImages: Partial<Record<ImageName, string>> = {
      training: isGpu(instanceType) ? gpuBaseImage : cpuBaseImage,
    };
    return Object.fromEntries(
      IMAGES.map((name) => [
        name,
        new ContainerImage(this, `${capitalise(name)}Image`, {
          name,
          repository: images.repositories[name],
          baseImage: baseImages[name],
        }),
      ]),
    ) as Record<ImageName, ContainerImage>;
  }

  private addHyperparameters(config: PipelineConfig, path: string): StringParameter[] {
    const values = resolveHyperparameters([{ source: 'the configuration', values: config.hyperparameters }]);
    return Object.entries(values).map(([name, value]) => {
      const { description } = HYPERPARAMETERS[name as keyof typeof HYPERPARAMETERS];
      return new StringParameter(this, `Hyperparameter${name.split(/[._]/).map(capitalise).join('')}`, {
        parameterName: hyperparameterKey(path, name),
        stringValue: String(value),
        description: `${resourcePrefix(config)}: ${description}`,
      });
    });
  }
}
