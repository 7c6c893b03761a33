import { Stack } from 'aws-cdk-lib';
import { AccountPrincipal, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CodeBuildStep, type StackSteps } from 'aws-cdk-lib/pipelines';
import { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../config';
import { roleArn } from '../platform/account-rules';
import { AppRole } from '../platform/role';

/** The delivery that sets termination protection. */
export interface ProtectedBy {
  /** Account of the delivery. */
  readonly account: string;
  /** Path of its roles. Default: `/`. */
  readonly rolePath?: string;
}

/** Name of the delivery's own role, which the roles of all pipelines trust: they cannot refer to each other. */
function deliveryRoleName(app: string): string {
  return `${app}-delivery-protection`;
}

function protectionRoleName(config: PipelineConfig): string {
  return `${resourcePrefix(config)}-protection`;
}

export interface ProtectionProps {
  readonly config: PipelineConfig;
  readonly protectedBy: ProtectedBy;
}

/**
 * The role under which the delivery sets the termination protection of one stack, as `cdk deploy` does: CodePipeline's
 * CloudFormation action does not (https://github.com/aws/aws-cdk/issues/17871).
 */
export class Protection extends Construct {
  /** @param scope of the stack that is protected */
  constructor(scope: Construct, id: string, { config, protectedBy }: ProtectionProps) {
    super(scope, id);
    const { stackName, partition } = Stack.of(this);
    const { account, rolePath } = protectedBy;
    const role = new AppRole(this, 'Role', {
      roleName: protectionRoleName(config),
      description: 'Delivery: sets the termination protection of this stack',
      assumedBy: new AccountPrincipal(account).withConditions({
        ArnEquals: {
          'aws:PrincipalArn': roleArn(account, deliveryRoleName(config.name), rolePath, partition),
        },
      }),
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
export type Deployed = PipelineConfig & { readonly account: string; readonly region: string };

/** Steps of the delivery that set the termination protection of stacks, under one role. */
export class ProtectionSteps extends Construct {
  private readonly role: Role;

  constructor(scope: Construct, id: string, app: string, pipelines: readonly Deployed[]) {
    super(scope, id);
    this.role = new Role(this, 'Role', {
      roleName: deliveryRoleName(app),
      description: 'Delivery: assumes the protection role of a pipeline',
      assumedBy: new ServicePrincipal('codebuild.amazonaws.com'),
    });
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['sts:AssumeRole'],
        resources: pipelines.map((config) => protectionRoleArn(config)),
      }),
    );
  }

  /** Returns the step right after the deployment of the stack: it is protected even if a later stack fails. */
  after(stack: Stack, config: Deployed): StackSteps {
    const flag = stack.terminationProtection
      ? '--enable-termination-protection'
      : '--no-enable-termination-protection';
    const profile = [
      '[profile protection]',
      `role_arn = ${protectionRoleArn(config)}`,
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

function protectionRoleArn(config: Deployed): string {
  return roleArn(config.account, protectionRoleName(config), config.rolePath, 'aws');
}
