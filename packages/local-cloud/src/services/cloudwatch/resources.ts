import type { Tag } from '@aws-sdk/client-cloudwatch';
import type { Input } from '../../core/service';
import {
  generatedName,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../../core/resource-type';

/** Properties that PutMetricAlarm accepts unchanged, in addition to the name. */
const SETTINGS = [
  ...['ActionsEnabled', 'AlarmActions', 'AlarmDescription', 'ComparisonOperator', 'DatapointsToAlarm'],
  ...['Dimensions', 'EvaluateLowSampleCountPercentile', 'EvaluationPeriods', 'ExtendedStatistic'],
  ...['InsufficientDataActions', 'MetricName', 'Metrics', 'Namespace', 'OKActions', 'Period', 'Statistic'],
  ...['Tags', 'Threshold', 'ThresholdMetricId', 'TreatMissingData', 'Unit'],
];

export const alarmTypes: Record<string, ResourceType> = {
  'AWS::CloudWatch::Alarm': {
    properties: ['AlarmName', ...SETTINGS],
    create(properties, context) {
      const name = (properties.AlarmName as string | undefined) ?? generatedName(context, 255);
      return put(name, properties, context);
    },
    async update(properties, context, before) {
      const created = await put(before.physicalId, properties, context);
      await retag(String(created.attributes.Arn), tagsOf(before.properties), tagsOf(properties), context);
      return created;
    },
    async delete({ physicalId }, { cloud, caller }) {
      await cloud.call('cloudwatch', 'DeleteAlarms', { AlarmNames: [physicalId] }, caller);
    },
  },
};

export const dashboardTypes: Record<string, ResourceType> = {
  'AWS::CloudWatch::Dashboard': {
    properties: ['DashboardBody', 'DashboardName', 'Tags'],
    create(properties, context) {
      const name = (properties.DashboardName as string | undefined) ?? generatedName(context, 255);
      return putDashboard(name, properties, context);
    },
    update: (properties, context, before) => putDashboard(before.physicalId, properties, context),
    async delete({ physicalId }, { cloud, caller }) {
      await cloud.call('cloudwatch', 'DeleteDashboards', { DashboardNames: [physicalId] }, caller);
    },
  },
};

async function putDashboard(name: string, { DashboardBody }: Properties, { cloud, caller }: ResourceContext) {
  const request = { DashboardName: name, DashboardBody: DashboardBody as string };
  await cloud.call('cloudwatch', 'PutDashboard', request, caller);
  return { physicalId: name };
}

async function put(AlarmName: string, properties: Properties, { cloud, caller }: ResourceContext) {
  const settings = SETTINGS.filter((name) => properties[name] !== undefined);
  const values = Object.fromEntries(settings.map((name) => [name, properties[name]]));
  const request = { AlarmName, ...values } as Input<'cloudwatch', 'PutMetricAlarm'>;
  await cloud.call('cloudwatch', 'PutMetricAlarm', request, caller);
  return { physicalId: AlarmName, attributes: { Arn: cloud.arn('cloudwatch', `alarm:${AlarmName}`) } };
}

/** PutMetricAlarm does not change the tags of an existing alarm. */
async function retag(
  ResourceARN: string,
  before: readonly Tag[],
  Tags: Tag[],
  { cloud, caller }: ResourceContext,
): Promise<void> {
  const TagKeys = before.map(({ Key }) => Key!).filter((key) => !Tags.some(({ Key }) => Key === key));
  if (TagKeys.length > 0) await cloud.call('cloudwatch', 'UntagResource', { ResourceARN, TagKeys }, caller);
  if (Tags.length > 0) await cloud.call('cloudwatch', 'TagResource', { ResourceARN, Tags }, caller);
}

function tagsOf({ Tags = [] }: Properties): Tag[] {
  return Tags as Tag[];
}
