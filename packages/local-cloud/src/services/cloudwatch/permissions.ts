import type { Cloud } from '../../core/cloud';
import type { Service } from '../../core/service';

/** Alarms and dashboards are resources; metrics are not. */
export function permissions(cloud: Cloud): Service<'cloudwatch'>['permissions'] {
  const alarms = (names: readonly string[] | undefined) =>
    (names?.length ? names : ['*']).map((name) => cloud.arn('cloudwatch', `alarm:${name}`));
  // Dashboards are global: their ARNs have no region.
  const dashboards = (names: readonly string[] | undefined) =>
    (names?.length ? names : ['*']).map((name) => `arn:aws:cloudwatch::${cloud.account}:dashboard/${name}`);
  const on = (action: string, resources: string[]) => ({ action: `cloudwatch:${action}`, resources });
  return {
    // Namespaces of AWS belong to its services; other callers cannot write there (see PutMetricData). CloudWatch Logs
    // writes the metrics that it extracts from log events without the caller's permission.
    PutMetricData: ({ Namespace = '' }, { principal }) =>
      Namespace.startsWith('AWS/') || principal.kind === 'service'
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
    PutDashboard: ({ DashboardName = '' }) => on('PutDashboard', dashboards([DashboardName])),
    GetDashboard: ({ DashboardName = '' }) => on('GetDashboard', dashboards([DashboardName])),
    DeleteDashboards: ({ DashboardNames }) => on('DeleteDashboards', dashboards(DashboardNames)),
    // From the service authorization reference: list operations have no resources except dashboards.
    ListDashboards: () => on('ListDashboards', dashboards(undefined)),
    TagResource: ({ ResourceARN = '' }) => on('TagResource', [ResourceARN]),
    UntagResource: ({ ResourceARN = '' }) => on('UntagResource', [ResourceARN]),
    ListTagsForResource: ({ ResourceARN = '' }) => on('ListTagsForResource', [ResourceARN]),
  };
}
