import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { notSupported, ServiceError } from '../../model/errors';
import { page } from '../../core/paging';
import type { Operations } from '../../core/service';
import { answer } from '../../core/answer';
import { checkAlarm } from './alarm-limits';
import type { Alarms } from './alarms';
import { conflicting } from './faults';
import { metricId, metricKey } from './metrics';

const MAX_RECORDS = 100;
const DEFAULT_RECORDS = 50;

export function alarmOperations(alarms: Alarms): Operations<'cloudwatch'> {
  /** Returns an alarm by its ARN, for tag operations. */
  function findByArn(arn: string): MetricAlarm {
    const alarm = alarms.list().find(({ AlarmArn }) => AlarmArn === arn);
    if (alarm) return alarm;
    throw new ServiceError('ResourceNotFoundException', `Unknown resource: ${arn}`);
  }

  function setActions(names: readonly string[], enabled: boolean): void {
    for (const name of names) {
      const alarm = alarms.find(name);
      if (alarm) alarm.ActionsEnabled = enabled;
    }
    alarms.changed();
  }

  return {
    async PutMetricAlarm(request) {
      checkAlarm(request);
      const { Tags = [], AlarmName, ...rest } = request;
      alarms.put(
        {
          AlarmName,
          ...rest,
          ActionsEnabled: request.ActionsEnabled ?? true,
          OKActions: request.OKActions ?? [],
          AlarmActions: request.AlarmActions ?? [],
          InsufficientDataActions: request.InsufficientDataActions ?? [],
          Dimensions: request.Dimensions ?? [],
        },
        Tags,
      );
      return {};
    },

    async DescribeAlarms(input) {
      const { AlarmNames, AlarmNamePrefix, AlarmTypes = ['MetricAlarm'], StateValue, ActionPrefix } = input;
      if (AlarmNames && AlarmNamePrefix !== undefined) {
        throw conflicting('AlarmNames and AlarmNamePrefix exclude each other.');
      }
      if (input.ChildrenOfAlarmName !== undefined || input.ParentsOfAlarmName !== undefined) {
        throw notSupported('composite alarms', 'Ask for AlarmNames.');
      }
      const found = alarms
        .list()
        .filter(
          (alarm) =>
            AlarmTypes.includes('MetricAlarm') &&
            (AlarmNames === undefined || AlarmNames.includes(alarm.AlarmName!)) &&
            alarm.AlarmName!.startsWith(AlarmNamePrefix ?? '') &&
            (StateValue === undefined || alarm.StateValue === StateValue) &&
            (ActionPrefix === undefined || actionsOf(alarm).some((arn) => arn.startsWith(ActionPrefix))),
        );
      // All named alarms fit into one page.
      const limit = input.MaxRecords ?? (AlarmNames ? MAX_RECORDS : DEFAULT_RECORDS);
      const { items, nextToken } = page(
        found,
        ({ AlarmName }) => AlarmName!,
        limit,
        input.NextToken,
        badToken,
      );
      return { MetricAlarms: items.map(answer), CompositeAlarms: [], NextToken: nextToken };
    },

    async DescribeAlarmsForMetric(input) {
      const metric = metricKey(metricId(input.Namespace, input.MetricName, input.Dimensions));
      const found = alarms
        .list()
        .filter(
          (alarm) =>
            metricKey(metricId(alarm.Namespace, alarm.MetricName, alarm.Dimensions)) === metric &&
            (['Statistic', 'ExtendedStatistic', 'Period', 'Unit'] as const).every(
              (member) => input[member] === undefined || input[member] === alarm[member],
            ),
        );
      return { MetricAlarms: found.map(answer) };
    },

    async DescribeAlarmHistory(input) {
      const { AlarmName, HistoryItemType, StartDate, EndDate, ScanBy = 'TimestampDescending' } = input;
      if (input.AlarmContributorId !== undefined)
        throw notSupported('AlarmContributorId', 'Alarms here have one metric.');
      const names = AlarmName === undefined ? alarms.list().map((alarm) => alarm.AlarmName!) : [AlarmName];
      const found = names
        .flatMap((name) => alarms.history(name))
        .filter((item) => HistoryItemType === undefined || item.HistoryItemType === HistoryItemType)
        .map(answer)
        .filter(
          ({ Timestamp }) => !(StartDate && Timestamp! < StartDate) && !(EndDate && Timestamp! > EndDate),
        );
      found.sort((a, b) => b.Timestamp!.getTime() - a.Timestamp!.getTime());
      if (ScanBy === 'TimestampAscending') found.reverse();
      const numbered = found.map((item, i) => ({ item, key: String(i).padStart(8, '0') }));
      const limit = input.MaxRecords ?? MAX_RECORDS;
      const { items, nextToken } = page(numbered, ({ key }) => key, limit, input.NextToken, badToken);
      return { AlarmHistoryItems: items.map(({ item }) => item), NextToken: nextToken };
    },

    async DeleteAlarms({ AlarmNames = [] }) {
      for (const name of AlarmNames) alarms.get(name);
      for (const name of AlarmNames) alarms.delete(name);
      return {};
    },

    async SetAlarmState({ AlarmName = '', StateValue, StateReason = '', StateReasonData }) {
      if (StateReasonData !== undefined && !isJson(StateReasonData)) {
        throw new ServiceError('InvalidFormatFault', 'StateReasonData must be JSON.');
      }
      alarms.setState(alarms.get(AlarmName), StateValue!, StateReason, StateReasonData);
      return {};
    },

    async EnableAlarmActions({ AlarmNames = [] }) {
      setActions(AlarmNames, true);
      return {};
    },

    async DisableAlarmActions({ AlarmNames = [] }) {
      setActions(AlarmNames, false);
      return {};
    },

    async TagResource({ ResourceARN = '', Tags = [] }) {
      findByArn(ResourceARN);
      const kept = (alarms.tags[ResourceARN] ?? []).filter(({ Key }) => !Tags.some((tag) => tag.Key === Key));
      alarms.tags[ResourceARN] = [...kept, ...Tags];
      alarms.changed();
      return {};
    },

    async UntagResource({ ResourceARN = '', TagKeys = [] }) {
      findByArn(ResourceARN);
      const kept = (alarms.tags[ResourceARN] ?? []).filter(({ Key }) => !TagKeys.includes(Key!));
      alarms.tags[ResourceARN] = kept;
      alarms.changed();
      return {};
    },

    async ListTagsForResource({ ResourceARN = '' }) {
      findByArn(ResourceARN);
      return { Tags: alarms.tags[ResourceARN] ?? [] };
    },
  };
}

function actionsOf({
  OKActions = [],
  AlarmActions = [],
  InsufficientDataActions = [],
}: MetricAlarm): string[] {
  return [...OKActions, ...AlarmActions, ...InsufficientDataActions];
}

function badToken(message: string): ServiceError {
  return new ServiceError('InvalidNextToken', message);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
