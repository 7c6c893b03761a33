import { Stack } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { namedAfterRun, sageMakerArn, type SageMakerKind } from '../platform/arns';
import type { DataStore } from '../platform/data-store';
import type { Permission } from '../platform/role';

/** Allows actions on SageMaker resources whose names begin with the environment's prefix. */
export function onSageMaker(
  scope: Construct,
  prefix: string,
  kinds: readonly SageMakerKind[],
  actions: readonly string[],
): Permission {
  return {
    actions: actions.map((action) => `sagemaker:${action}`),
    resources: kinds.map((kind) => sageMakerArn(scope, prefix, kind)),
    because: namedAfterRun(kinds),
  };
}

/** Allows passing exactly this role to SageMaker. */
export function passToSageMaker(role: IRole): Permission {
  return {
    actions: ['iam:PassRole'],
    resources: [role.roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
  };
}

/**
 * Allows grants on the key: SageMaker encrypts a volume through a grant, created under the role that requests the
 * volume (Developer Guide, "SageMaker AI API Permissions: Actions, Permissions, and Resources Reference"). For jobs,
 * but not for endpoints, the role of the job could have it instead.
 */
export function grantForVolumes(key: IKey): Permission {
  return {
    actions: ['kms:CreateGrant'],
    resources: [key.keyArn],
    conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
  };
}

/** Allows the EventBridge rule that notifies Step Functions of the end of a `.sync` job. */
export function syncRule(scope: Construct, rule: string): Permission {
  return {
    actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
    resources: [Stack.of(scope).formatArn({ service: 'events', resource: 'rule', resourceName: rule })],
  };
}

/**
 * Allows writing objects of the artifacts bucket, with its key: S3 encrypts under the caller's role.
 *
 * @param key key of the object, or a pattern
 * @param because reason for the pattern
 */
export function putObject(store: DataStore, key: string, because?: string): Permission[] {
  return [
    { actions: ['s3:PutObject'], resources: [store.artifacts.arnForObjects(key)], because },
    { actions: ['kms:GenerateDataKey'], resources: [store.key.keyArn] },
  ];
}
