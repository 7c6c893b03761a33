import type {
  ScalableTarget,
  ScalingActivity,
  ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling';
import { ServiceError } from '../../model/errors';

/** What Application Auto Scaling remembers. */
export interface ScalingState {
  /** By resource and dimension, see {@link targetKey}. */
  targets: Record<string, Target>;
  /** By ARN. */
  policies: Record<string, ScalingPolicy>;
  /** Newest first. */
  activities: Activity[];
}

export interface Activity {
  described: ScalingActivity;
  /** The capacity that it is about. */
  desired: number;
}

export interface Target {
  described: ScalableTarget;
  tags: Record<string, string>;
  cooldowns: Cooldowns;
}

/** Times in milliseconds since the epoch. */
export interface Cooldowns {
  /** `from`: the capacity before a policy's last scale-out, which counts until the cool-down is over. */
  out?: { policyArn: string; until: number; from: number };
  in?: { until: number };
}

/** Activities that are kept; AWS keeps those of six weeks. */
export const MAX_ACTIVITIES = 500;

export const NAMESPACE = 'sagemaker';
export const DIMENSION = 'sagemaker:variant:DesiredInstanceCount';

/** What identifies a scalable target in requests. */
export interface TargetId {
  ServiceNamespace?: string;
  ResourceId?: string;
  ScalableDimension?: string;
}

export function targetKey({ ResourceId, ScalableDimension }: TargetId): string {
  return `${ScalableDimension}|${ResourceId}`;
}

export function validation(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

/** @param what such as `scalable target registered` */
export function notFound(
  what: string,
  { ServiceNamespace, ResourceId, ScalableDimension }: TargetId,
): ServiceError {
  return new ServiceError(
    'ObjectNotFoundException',
    `No ${what} for service namespace: ${ServiceNamespace}, resource ID: ${ResourceId}, scalable dimension: ${ScalableDimension}`,
  );
}

/** Whether a target, policy or activity is one of those that are asked for. */
export function fits(id: TargetId): (each: TargetId) => boolean {
  return (each) =>
    (['ServiceNamespace', 'ResourceId', 'ScalableDimension'] as const).every(
      (member) => id[member] === undefined || id[member] === each[member],
    );
}

/** Of every Describe; `MaxResults` is from 1 to 50. */
export function pageSize(asked = 50): number {
  if (asked >= 1 && asked <= 50) return asked;
  throw validation(`MaxResults must be from 1 to 50, not ${asked}.`);
}

export function invalidToken(message: string): ServiceError {
  return new ServiceError('InvalidNextTokenException', message);
}
