import { Duration } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { CodeBuildStep, type IFileSetProducer } from 'aws-cdk-lib/pipelines';
import type { PipelineConfig } from '../config';
import { ofPackage } from '../config/package-root';
import { pipelineRoleArn, type Target } from './delivery-role';

/** Maximum duration of a run in the delivery; CodeBuild's own limit is 36 hours. */
const TIMEOUT = Duration.hours(12);

export interface TrialRunProps {
  readonly config: PipelineConfig;
  readonly input: IFileSetProducer;
  /** The delivery's own role, which the environment's role trusts. */
  readonly role: IRole;
  readonly target: Target;
}

/**
 * Trains and deploys a model in an environment that was just deployed, under a role of that environment that allows
 * only this; the credentials are CodeBuild's, for the duration of the step. `mlops trial` exits with 0 when the model is in
 * service with its metrics, or when these resources were tried before. Node is CodeBuild's: `npm ci` alone installs no
 * other.
 */
export function trialRun({ config, input, role, target }: TrialRunProps): CodeBuildStep {
  const profile = [
    '[profile trial]',
    `role_arn = ${pipelineRoleArn(config, target, 'trial')}`,
    'credential_source = EcsContainer',
  ];
  return new CodeBuildStep(`Run the training pipeline of ${config.model}`, {
    input,
    role,
    env: {
      AWS_PROFILE: 'trial',
      AWS_REGION: target.region,
      MLOPS_ENVIRONMENT: config.environment,
      MLOPS_MODEL: config.model,
    },
    installCommands: ['npm ci'],
    commands: [
      // An installed package has its bundles.
      ...(ofPackage('') === '' ? ['node scripts/build.mjs'] : []),
      `mkdir -p ~/.aws && printf '%s\\n' ${profile.map((line) => `'${line}'`).join(' ')} > ~/.aws/config`,
      `node ${ofPackage('bin/mlops.cjs')} trial`,
    ],
    timeout: TIMEOUT,
  });
}
