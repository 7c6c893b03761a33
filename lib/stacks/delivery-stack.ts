import { Stack, type StackProps } from 'aws-cdk-lib';
import { BuildSpec, LinuxArmBuildImage } from 'aws-cdk-lib/aws-codebuild';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  CodeBuildStep,
  CodePipeline,
  CodePipelineSource,
  ManualApprovalStep,
  type Step,
  type Wave,
} from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';
import { pipelineId, type PipelineConfig } from '../config';
import type { DeliveryConfig } from '../config/delivery';
import { deliveryRoleName, trialRoleArn, type Trial } from '../operations/trial-role';
import { ProtectionSteps } from '../operations/termination-protection';
import { trialRun } from '../operations/trial-run';
import { followRules } from '../platform/account-rules';
import { PipelineStage } from './pipeline-stage';

export interface DeliveryStackProps extends StackProps {
  readonly delivery: DeliveryConfig;
  /** Name of the app. */
  readonly app: string;
  /** All pipelines of the project. */
  readonly pipelines: readonly PipelineConfig[];
  readonly gitCommit: string;
}

/** The places that are deployed one after the other, and tried by a run each. */
const TRIALS = ['dev', 'stage'];
/** The place that is deployed last, after a manual approval. */
const PRODUCTION = 'prod';

/**
 * The path from a commit to production: build and test, then one place after the other, all models of a place side by
 * side, each with a whole run of its training pipeline before the next place. It updates itself first. Every step acts
 * under a role; GitHub is a connection.
 */
export class DeliveryStack extends Stack {
  constructor(scope: Construct, id: string, props: DeliveryStackProps) {
    const { delivery, app, pipelines, gitCommit, ...rest } = props;
    super(scope, id, {
      ...rest,
      // The names that CloudFormation generates begin with it.
      stackName: `${app}-delivery`,
      env: { account: delivery.account, region: delivery.region },
    });
    followRules(this, delivery);
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
        commands: [
          'npm run lint --if-present',
          'npm run typecheck --if-present',
          'npm test',
          'npm run synth',
        ],
        primaryOutputDirectory: 'cdk.out',
      }),
    });
    const target = ({ account = delivery.account, region = delivery.region }: PipelineConfig) => ({
      account,
      region,
    });
    const inPlace = (place: string) => pipelines.filter(({ environment }) => environment === place);
    const trials = TRIALS.flatMap(inPlace);
    const role = this.trialRole(
      app,
      trials.map((config) => [config, target(config).account]),
    );
    const delivered = [...TRIALS, PRODUCTION].flatMap(inPlace);
    const protection = new ProtectionSteps(
      ...([this, 'Protection', app, delivered.map((each) => ({ ...each, ...target(each) }))] as const),
    );
    const addStage = (to: Wave, config: PipelineConfig, trialBy?: Trial, post?: Step[]) => {
      const deployed = { ...config, ...target(config) };
      const stage = new PipelineStage(this, pipelineId(config), {
        ...{ config: deployed, gitCommit, trialBy, protectedBy: delivery },
      });
      to.addStage(stage, { post, stackSteps: [protection.after(stage.storage, deployed)] });
    };
    for (const place of TRIALS) {
      if (inPlace(place).length === 0) continue;
      const wave = pipeline.addWave(place);
      for (const config of inPlace(place)) {
        const post = [trialRun({ config, input: source, role, ...target(config) })];
        addStage(wave, config, delivery, post);
      }
    }
    if (inPlace(PRODUCTION).length === 0) return;
    const production = pipeline.addWave(PRODUCTION, {
      pre: [
        new ManualApprovalStep('Approve production', {
          comment: 'Deploys the tested build to production',
        }),
      ],
    });
    for (const config of inPlace(PRODUCTION)) addStage(production, config);
  }

  /**
   * Creates the role of the steps that run training pipelines; its permissions there are those of the environments' own
   * roles.
   */
  private trialRole(app: string, trials: readonly (readonly [PipelineConfig, string])[]): Role {
    const role = new Role(this, 'TrialRole', {
      roleName: deliveryRoleName(app),
      description: 'Delivery: assumes the trial role of an environment',
      assumedBy: new ServicePrincipal('codebuild.amazonaws.com'),
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['sts:AssumeRole'],
        resources: trials.map(([config, account]) => trialRoleArn(config, account)),
      }),
    );
    return role;
  }
}
