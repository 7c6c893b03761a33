import type { Cloud } from '../../core/cloud';
import type { Service } from '../../core/service';

/** Alarms are resources; metrics are not. */
export function permissions(cloud: Cloud): Service<'cloudwatch'>['permissions'] {
  const alarms = (names: readonly string[] | undefined) =>
    (names?.length ? names : ['*']).map((name) => cloud.arn('cloudwatch', `alarm:${name}`));
  const on = (action: string, resources: string[]) => ({ action: `cloudwatch:${action}`, resources });
  return {
    // What AWS's services say of themselves is theirs; nobody else can write there (see PutMetricData).
    PutMetricData: ({ Namespace = '' }) =>
      Namespace.startsWith('AWS/')
        ? []
        : {
            action: 'cloudwatch:PutMetricData',
            resources: ['*'],
            context: { 'cloudwatch:namespace': Namespace },
          },
    PutMetricAlarm: ({ AlarmName = '', Tags, OKActions, AlarmActions, InsufficientDataActions }) => {
      const actions = [OKActions ?? [], AlarmActions ?? [], InsufficientDataActions ?? []].flat();
      return [
        {
          ...on('PutMetricAlarm', alarms([AlarmName])),
          ...(actions.length > 0 && { context: { 'cloudwatch:AlarmActions': actions } }),
        },
        ...(Tags?.length ? [on('TagResource', alarms([AlarmName]))] : []),
      ];
    },
    DescribeAlarms: ({ AlarmNames }) => on('DescribeAlarms', alarms(AlarmNames)),
    DescribeAlarmHistory: ({ AlarmName }) =>
      on('DescribeAlarmHistory', alarms(AlarmName === undefined ? undefined : [AlarmName])),
    DeleteAlarms: ({ AlarmNames }) => on('DeleteAlarms', alarms(AlarmNames)),
    SetAlarmState: ({ AlarmName = '' }) => on('SetAlarmState', alarms([AlarmName])),
    EnableAlarmActions: ({ AlarmNames }) => on('EnableAlarmActions', alarms(AlarmNames)),
    DisableAlarmActions: ({ AlarmNames }) => on('DisableAlarmActions', alarms(AlarmNames)),
    TagResource: ({ ResourceARN = '' }) => on('TagResource', [ResourceARN]),
    UntagResource: ({ ResourceARN = '' }) => on('UntagResource', [ResourceARN]),
    ListTagsForResource: ({ ResourceARN = '' }) => on('ListTagsForResource', [ResourceARN]),
  };
}
