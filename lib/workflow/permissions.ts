import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { IProject } from 'aws-cdk-lib/aws-codebuild';
import { PolicyStatement, type IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { ServingConfig } from '../config/schema';
import type { DataStore } from '../storage/data-store';

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

/** Those that a run makes, by the kind of serving. */
export function kindsMade(serving: ServingConfig): SageMakerKind[] {
  const absent: SageMakerKind[] =
    serving.kind === 'batch' ? ['endpoint', 'endpoint-config'] : ['transform-job'];
  return SAGEMAKER_KINDS.filter((kind) => !absent.includes(kind));
}

/** The EventBridge rules through which Step Functions learns that a `.sync` job has ended. */
export const SyncRule = {
  Training: 'StepFunctionsGetEventsForSageMakerTrainingJobsRule',
  Processing: 'StepFunctionsGetEventsForSageMakerProcessingJobsRule',
  Transform: 'StepFunctionsGetEventsForSageMakerTransformJobsRule',
  Build: 'StepFunctionsGetEventForCodeBuildStartBuildRule',
} as const;

/** Those of a kind whose names begin with the environment's prefix. */
export function sageMakerArn(scope: Construct, prefix: string, kind: SageMakerKind): string {
  return Stack.of(scope).formatArn({ service: 'sagemaker', resource: kind, resourceName: `${prefix}-*` });
}

/** Every execution of a state machine. */
export function executionsArn(machine: IStateMachine & { readonly stateMachineName: string }): string {
  return Stack.of(machine).formatArn({
    service: 'states',
    resource: 'execution',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    resourceName: `${machine.stateMachineName}:*`,
  });
}

/** Actions on SageMaker resources whose names begin with the environment's prefix. */
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

/** Passing exactly this role to SageMaker. */
export function passToSageMaker(role: IRole): PolicyStatement {
  return new PolicyStatement({
    actions: ['iam:PassRole'],
    resources: [role.roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
  });
}

/**
 * SageMaker encrypts a volume through a grant on the key, made in the name of who asks for the volume (Developer
 * Guide, "SageMaker AI API Permissions: Actions, Permissions, and Resources Reference"). For jobs, but not for
 * endpoints, the role of the job could have it instead.
 */
export function grantForVolumes(key: IKey): PolicyStatement {
  return new PolicyStatement({
    actions: ['kms:CreateGrant'],
    resources: [key.keyArn],
    conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
  });
}

/** What the `.sync` pattern needs beside the job's own actions. */
export function syncRule(scope: Construct, rule: string): PolicyStatement {
  return new PolicyStatement({
    actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
    resources: [Stack.of(scope).formatArn({ service: 'events', resource: 'rule', resourceName: rule })],
  });
}

/** Starting, watching and stopping builds of one project. */
export function onBuild(project: IProject): PolicyStatement {
  return new PolicyStatement({
    actions: ['codebuild:StartBuild', 'codebuild:StopBuild', 'codebuild:BatchGetBuilds'],
    resources: [project.projectArn],
  });
}

/** Writing objects below a key pattern of the artifacts bucket, with its key: S3 encrypts in the caller's name. */
export function putObject(store: DataStore, keyPattern: string): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ['s3:PutObject'],
      resources: [store.artifacts.arnForObjects(keyPattern)],
    }),
    new PolicyStatement({ actions: ['kms:GenerateDataKey'], resources: [store.key.keyArn] }),
  ];
}
