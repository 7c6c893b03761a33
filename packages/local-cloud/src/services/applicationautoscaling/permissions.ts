import type { Cloud } from '../../core/cloud';
import type { Service } from '../../core/service';
import { passTo } from '../../core/pass-role';
import { targetKey, type ScalingState, type TargetId } from './state';

/** A target that is not registered yet has no ARN: the permission is needed on all targets. */
export function permissions(
  cloud: Cloud,
  state: ScalingState,
): Service<'applicationautoscaling'>['permissions'] {
  const onTarget = (action: string) => (id: TargetId) => ({
    action: `application-autoscaling:${action}`,
    resources: [
      state.targets[targetKey(id)]?.described.ScalableTargetARN ??
        cloud.arn('application-autoscaling', 'scalable-target/*'),
    ],
    context: {
      'application-autoscaling:service-namespace': id.ServiceNamespace ?? '',
      'application-autoscaling:scalable-dimension': id.ScalableDimension ?? '',
    },
  });
  const onArn =
    (action: string) =>
    ({ ResourceARN = '' }: { ResourceARN?: string }) => ({
      action: `application-autoscaling:${action}`,
      resources: [ResourceARN],
    });
  return {
    RegisterScalableTarget: ({ RoleARN, Tags, ...id }) => [
      onTarget('RegisterScalableTarget')(id),
      ...(Tags && Object.keys(Tags).length > 0 ? [onTarget('TagResource')(id)] : []),
      ...(RoleARN ? [passTo(RoleARN, 'application-autoscaling.amazonaws.com')] : []),
    ],
    DeregisterScalableTarget: onTarget('DeregisterScalableTarget'),
    PutScalingPolicy: onTarget('PutScalingPolicy'),
    DeleteScalingPolicy: onTarget('DeleteScalingPolicy'),
    ListTagsForResource: onArn('ListTagsForResource'),
    TagResource: onArn('TagResource'),
    UntagResource: onArn('UntagResource'),
  };
}
