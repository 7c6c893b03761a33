import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { BuildSpec, ComputeType, LinuxArmBuildImage } from 'aws-cdk-lib/aws-codebuild';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
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
import { TRIAL_PLACES, type DeliveryConfig } from '../config/delivery';
import { expireArtifacts, useBothConnectionActions } from '../operations/delivery-parts';
import { deliveryRole, type DeliveryAccount, type Target } from '../operations/delivery-role';
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

/** The place that is deployed last, after a manual approval. */
const PRODUCTION = 'prod';
/**
 * The checks of `.ci/run`, of which the build runs the greater part, took 25 to 30 minutes on two processors: three times
 * that and the installation.
 */
const BUILD_TIMEOUT = Duration.hours(2);
/** A build that failed is looked at within days; releases are compared within a year. */
const LOG_RETENTION = RetentionDays.ONE_YEAR;

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
    // CodeBuild's own groups would never expire.
    const log = new LogGroup(this, 'BuildLog', {
      retention: LOG_RETENTION,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const pipeline = new CodePipeline(this, 'Pipeline', {
      crossAccountKeys: true,
      enableKeyRotation: true,
      useChangeSets: true,
      // A new account runs one build at a time (aws/aws-cdk#17744); a build for each asset would fail there.
      publishAssetsInParallel: false,
      codeBuildDefaults: {
        logging: { cloudWatch: { logGroup: log } },
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
          // Each run records the commit of its code.
          'npm run synth -- --context "commit=$CODEBUILD_RESOLVED_SOURCE_VERSION"',
        ],
        primaryOutputDirectory: 'cdk.out',
        // 8 processors and 16 GB; all regions have this size for Arm.
        buildEnvironment: { computeType: ComputeType.LARGE },
        timeout: BUILD_TIMEOUT,
      }),
    });
    const target = ({ account = delivery.account, region = delivery.region }: PipelineConfig): Target => ({
      account,
      region,
    });
    const inPlace = (place: string) => pipelines.filter(({ environment }) => environment === place);
    const trials = TRIAL_PLACES.flatMap(inPlace);
    const targets = trials.map((config) => [config, target(config)] as const);
    const role = deliveryRole(this, 'TrialRole', app, 'trial', targets);
    const delivered = [...TRIAL_PLACES, PRODUCTION].flatMap(inPlace);
    const protection = new ProtectionSteps(
      ...([this, 'Protection', app, delivered.map((each) => ({ ...each, ...target(each) }))] as const),
    );
    const addStage = (to: Wave, config: PipelineConfig, trialBy?: DeliveryAccount, post?: Step[]) => {
      const deployed = { ...config, ...target(config) };
      const stage = new PipelineStage(this, pipelineId(config), {
        ...{ config: deployed, gitCommit, trialBy, protectedBy: delivery },
      });
      to.addStage(stage, { post, stackSteps: [protection.after(stage.storage, deployed)] });
    };
    for (const place of TRIAL_PLACES) {
      if (inPlace(place).length === 0) continue;
      const wave = pipeline.addWave(place);
      for (const config of inPlace(place)) {
        const post = [trialRun({ config, input: source, role, target: target(config) })];
        addStage(wave, config, delivery, post);
      }
    }
    if (inPlace(PRODUCTION).length > 0) {
      const production = pipeline.addWave(PRODUCTION, {
        pre: [
          new ManualApprovalStep('Approve production', {
            comment: 'Deploys the tested build to production',
          }),
        ],
      });
      for (const config of inPlace(PRODUCTION)) addStage(production, config);
    }
    pipeline.buildPipeline();
    useBothConnectionActions(pipeline.pipeline, delivery.connectionArn);
    expireArtifacts(pipeline.pipeline);
  }
}
