import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { IProject } from 'aws-cdk-lib/aws-codebuild';
import { PolicyStatement, type IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { ServingConfig } from '../config/schema';
import type { DataStore } from '../platform/data-store';

/** Kinds of SageMaker resources, as their ARNs name them. */
const SAGEMAKER_KINDS = [
  'training-job',
  'processing-job',
  'transform-job',
  'model',
  'endpoint',
  'endpoint-config',
] as const;
export type SageMakerKind = (typeof SAGEMAKER_KINDS)[number];

/** Returns the kinds of resources that a run creates, by the kind of serving. */
export function kindsMade(serving: ServingConfig): SageMakerKind[] {
  const absent: SageMakerKind[] =
    serving.kind === 'batch' ? ['endpoint', 'endpoint-config'] : ['transform-job'];
  return SAGEMAKER_KINDS.filter((kind) => !absent.includes(kind));
}

/** The EventBridge rules that notify Step Functions of the end of a `.sync` job. */
export const SyncRule = {
  Training: 'StepFunctionsGetEventsForSageMakerTrainingJobsRule',
  Processing: 'StepFunctionsGetEventsForSageMakerProcessingJobsRule',
  Transform: 'StepFunctionsGetEventsForSageMakerTransformJobsRule',
  Build: 'StepFunctionsGetEventForCodeBuildStartBuildRule',
} as const;

/** Returns the ARN of the resources of a kind whose names begin with the environment's prefix. */
export function sageMakerArn(scope: Construct, prefix: string, kind: SageMakerKind): string {
  return Stack.of(scope).formatArn({ service: 'sagemaker', resource: kind, resourceName: `${prefix}-*` });
}

/** Returns the ARN of every execution of a state machine. */
export function executionsArn(machine: IStateMachine & { readonly stateMachineName: string }): string {
  return Stack.of(machine).formatArn({
    service: 'states',
    resource: 'execution',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    resourceName: `${machine.stateMachineName}:*`,
  });
}

/** Allows actions on SageMaker resources whose names begin with the environment's prefix. */
export function onSageMaker(
  scope: Construct,
  prefix: string,
  kinds: readonly SageMakerKind[],
  actions: readonly string[],
): PolicyStatement {
  return new PolicyStatement({
    actions: actions.map((action) => `sagemaker:${action}`),
    resources: kinds.map((kind) => sageMakerArn(scope, prefix, kind)),
  });
}

/** Allows passing exactly this role to SageMaker. */
export function passToSageMaker(role: IRole): PolicyStatement {
  return new PolicyStatement({
    actions: ['iam:PassRole'],
    resources: [role.roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
  });
}

/**
 * Allows grants on the key: SageMaker encrypts a volume through a grant, created under the role that requests the
 * volume (Developer Guide, "SageMaker AI API Permissions: Actions, Permissions, and Resources Reference"). For jobs,
 * but not for endpoints, the role of the job could have it instead.
 */
export function grantForVolumes(key: IKey): PolicyStatement {
  return new PolicyStatement({
    actions: ['kms:CreateGrant'],
    resources: [key.keyArn],
    conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
  });
}

/** Allows the rule that the `.sync` pattern needs in addition to the job's own actions. */
export function syncRule(scope: Construct, rule: string): PolicyStatement {
  return new PolicyStatement({
    actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
    resources: [Stack.of(scope).formatArn({ service: 'events', resource: 'rule', resourceName: rule })],
  });
}

/** Allows starting, watching and stopping builds of one project. */
export function onBuild(project: IProject): PolicyStatement {
  return new PolicyStatement({
    actions: ['codebuild:StartBuild', 'codebuild:StopBuild', 'codebuild:BatchGetBuilds'],
    resources: [project.projectArn],
  });
}

/**
 * Allows writing objects below a key pattern of the artifacts bucket, with its key: S3 encrypts under the caller's
 * role.
 */
export function putObject(store: DataStore, keyPattern: string): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['s3:PutObject'],
      resources: [store.artifacts.arnForObjects(keyPattern)],
    }),
    new PolicyStatement({ actions: ['kms:GenerateDataKey'], resources: [store.key.keyArn] }),
  ];
}
