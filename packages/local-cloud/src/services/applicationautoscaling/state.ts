import type {
  ScalableTarget,
  ScalingActivity,
  ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling';
import { ServiceError } from '../../model/errors';

/** The stored state of Application Auto Scaling. */
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
  /** The target capacity of the activity. */
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

/** Maximum of stored activities; AWS keeps those of six weeks. */
export const MAX_ACTIVITIES = 500;

export const NAMESPACE = 'sagemaker';
export const DIMENSION = 'sagemaker:variant:DesiredInstanceCount';

/** The members that identify a scalable target in requests. */
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

/** Returns true if a target, policy or activity matches the request. */
export function fits(id: TargetId): (each: TargetId) => boolean {
  return (each) =>
    (['ServiceNamespace', 'ResourceId', 'ScalableDimension'] as const).every(
      (member) => id[member] === undefined || id[member] === each[member],
    );
}

/** Page size of every Describe operation; `MaxResults` is from 1 to 50. */
export function pageSize(asked = 50): number {
  if (asked >= 1 && asked <= 50) return asked;
  throw validation(`MaxResults must be from 1 to 50, not ${asked}.`);
}

export function invalidToken(message: string): ServiceError {
  return new ServiceError('InvalidNextTokenException', message);
}
