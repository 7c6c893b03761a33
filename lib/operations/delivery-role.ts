import { Stack } from 'aws-cdk-lib';
import { AccountPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../config';
import { partitionOf, roleArn } from '../platform/account-rules';
import { AppRole, ownService } from '../platform/role';

/** What the delivery does in a pipeline's account, under a role of that account. */
export type DeliveryPurpose = 'trial' | 'protection';

/** Account of the delivery, which deploys a pipeline. */
export interface DeliveryAccount {
  readonly account: string;
  /** Path of the delivery's roles. Default: `/`. */
  readonly rolePath?: string;
}

/** Account and region of a pipeline. */
export interface Target {
  readonly account: string;
  readonly region: string;
}

/** Returns the name of the delivery's own role, which the roles of all pipelines trust: they cannot refer to each other. */
function deliveryRoleName(app: string, purpose: DeliveryPurpose): string {
  return `${app}-delivery-${purpose}`;
}

function pipelineRoleName(config: PipelineConfig, purpose: DeliveryPurpose): string {
  return `${resourcePrefix(config)}-${purpose}`;
}

/** Returns the ARN of a pipeline's role for the delivery. @param target of the pipeline */
export function pipelineRoleArn(
  config: PipelineConfig,
  { account, region }: Target,
  purpose: DeliveryPurpose,
): string {
  return roleArn(account, pipelineRoleName(config, purpose), config.rolePath, partitionOf(region));
}

export interface PipelineRoleProps {
  readonly config: PipelineConfig;
  readonly delivery: DeliveryAccount;
  readonly purpose: DeliveryPurpose;
  readonly description: string;
}

/** A pipeline's role that only the delivery's own role of the same purpose may assume. */
export class PipelineRole extends AppRole {
  constructor(scope: Construct, id: string, { config, delivery, purpose, description }: PipelineRoleProps) {
    const { account, rolePath } = delivery;
    const own = roleArn(account, deliveryRoleName(config.name, purpose), rolePath, Stack.of(scope).partition);
    super(scope, id, {
      roleName: pipelineRoleName(config, purpose),
      description,
      assumedBy: new AccountPrincipal(account).withConditions({ ArnEquals: { 'aws:PrincipalArn': own } }),
    });
  }
}

/** Creates the delivery's own role of a purpose: it may only assume the roles of the pipelines. */
export function deliveryRole(
  scope: Construct,
  id: string,
  app: string,
  purpose: DeliveryPurpose,
  pipelines: readonly (readonly [PipelineConfig, Target])[],
): Role {
  const role = new Role(scope, id, {
    roleName: deliveryRoleName(app, purpose),
    description: `Delivery: assumes the ${purpose} role of a pipeline`,
    assumedBy: ownService('codebuild.amazonaws.com'),
  });
  role.addToPolicy(
    new PolicyStatement({
      actions: ['sts:AssumeRole'],
      resources: pipelines.map(([config, target]) => pipelineRoleArn(config, target, purpose)),
    }),
  );
  return role;
}
