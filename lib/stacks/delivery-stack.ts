import { Stack, type StackProps } from 'aws-cdk-lib';
import { BuildSpec, LinuxArmBuildImage } from 'aws-cdk-lib/aws-codebuild';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CodeBuildStep, CodePipeline, CodePipelineSource, ManualApprovalStep } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import type { DeliveryConfig } from '../config/delivery';
import { TRIAL_ROLE_NAME, trialRoleName } from '../operations/trial-role';
import { trialRun } from '../operations/trial-run';
import { capitalise } from '../contract/text';
import { PipelineStage } from './pipeline-stage';

export interface DeliveryStackProps extends StackProps {
  readonly delivery: DeliveryConfig;
  /** Deployed one after the other; each is tried by a run of its own. */
  readonly trials: readonly PipelineConfig[];
  /** Deployed last, after a manual approval. */
  readonly production: PipelineConfig;
  readonly gitCommit: string;
}

/**
 * The path from a commit to production: build and test, then one environment after the other, each with a whole run of
 * the training pipeline before the next. It updates itself first. Every step acts under a role; GitHub is a connection.
 */
export class DeliveryStack extends Stack {
  constructor(scope: Construct, id: string, props: DeliveryStackProps) {
    const { delivery, trials, production, gitCommit, ...rest } = props;
    super(scope, id, { ...rest, env: { account: delivery.account, region: delivery.region } });
    const source = CodePipelineSource.connection(delivery.repository, delivery.branch, {
      connectionArn: delivery.connectionArn,
    });
    const pipeline = new CodePipeline(this, 'Pipeline', {
      crossAccountKeys: true,
      enableKeyRotation: true,
      useChangeSets: true,
      codeBuildDefaults: {
        buildEnvironment: { buildImage: LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0 },
        partialBuildSpec: BuildSpec.fromObject({
          phases: { install: { 'runtime-versions': { nodejs: '24' } } },
        }),
      },
      synth: new CodeBuildStep('Build and test', {
        input: source,
        installCommands: ['npm ci'],
        commands: ['npm run lint', 'npm run typecheck', 'npm test', 'npm run synth'],
        primaryOutputDirectory: 'cdk.out',
      }),
    });
    const target = ({ account = delivery.account, region = delivery.region }: PipelineConfig) => ({
      account,
      region,
    });
    const role = this.trialRole(trials.map((config) => [config, target(config).account]));
    const stage = (config: PipelineConfig, trusted?: string) =>
      new PipelineStage(this, capitalise(config.environment), {
        config: { ...config, ...target(config) },
        gitCommit,
        trialBy: trusted,
      });
    for (const config of trials) {
      const post = [trialRun({ config, input: source, role, ...target(config) })];
      pipeline.addStage(stage(config, delivery.account), { post });
    }
    pipeline.addStage(stage(production), {
      pre: [
        new ManualApprovalStep('Approve production', {
          comment: 'Deploys the tested build to production',
        }),
      ],
    });
  }

  /**
   * Creates the role of the steps that run training pipelines; its permissions there are those of the environments' own
   * roles.
   */
  private trialRole(trials: readonly (readonly [PipelineConfig, string])[]): Role {
    const role = new Role(this, 'TrialRole', {
      roleName: TRIAL_ROLE_NAME,
      description: 'Delivery: assumes the trial role of an environment',
      assumedBy: new ServicePrincipal('codebuild.amazonaws.com'),
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['sts:AssumeRole'],
        resources: trials.map(([config, account]) => `arn:aws:iam::${account}:role/${trialRoleName(config)}`),
      }),
    );
    return role;
  }
}
