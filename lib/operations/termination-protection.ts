import { Stack } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { CodeBuildStep, type StackSteps } from 'aws-cdk-lib/pipelines';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import {
  deliveryRole,
  PipelineRole,
  pipelineRoleArn,
  type DeliveryAccount,
  type Target,
} from './delivery-role';

export interface ProtectionProps {
  readonly config: PipelineConfig;
  readonly delivery: DeliveryAccount;
}

/**
 * The role under which the delivery sets the termination protection of one stack, as `cdk deploy` does: CodePipeline's
 * CloudFormation action does not (https://github.com/aws/aws-cdk/issues/17871).
 */
export class Protection extends Construct {
  /** @param scope of the stack that is protected */
  constructor(scope: Construct, id: string, { config, delivery }: ProtectionProps) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    const role = new PipelineRole(this, 'Role', {
      ...{ config, delivery },
      purpose: 'protection',
      description: 'Delivery: sets the termination protection of this stack',
    });
    const arn = Stack.of(this).formatArn({
      service: 'cloudformation',
      resource: 'stack',
      resourceName: `${stackName}/*`,
    });
    role.allow(['cloudformation:UpdateTerminationProtection'], [arn], {
      because: 'CloudFormation ends the ARN of a stack with an id of its own',
    });
  }
}

/** A pipeline that the delivery deploys, with its account and region. */
export type Deployed = PipelineConfig & Target;

/** Steps of the delivery that set the termination protection of stacks, under one role. */
export class ProtectionSteps extends Construct {
  private readonly role: Role;

  constructor(scope: Construct, id: string, app: string, pipelines: readonly Deployed[]) {
    super(scope, id);
    const targets = pipelines.map((config) => [config, config] as const);
    this.role = deliveryRole(this, 'Role', app, 'protection', targets);
  }

  /** Returns the step right after the deployment of the stack: it is protected even if a later stack fails. */
  after(stack: Stack, config: Deployed): StackSteps {
    const flag = stack.terminationProtection
      ? '--enable-termination-protection'
      : '--no-enable-termination-protection';
    const profile = [
      '[profile protection]',
      `role_arn = ${pipelineRoleArn(config, config, 'protection')}`,
      'credential_source = EcsContainer',
    ];
    const step = new CodeBuildStep(`Protect ${stack.stackName}`, {
      role: this.role,
      env: { AWS_PROFILE: 'protection', AWS_REGION: config.region },
      commands: [
        `mkdir -p ~/.aws && printf '%s\\n' ${profile.map((line) => `'${line}'`).join(' ')} > ~/.aws/config`,
        `aws cloudformation update-termination-protection --stack-name ${stack.stackName} ${flag}`,
      ],
    });
    return { stack, post: [step] };
  }
}
