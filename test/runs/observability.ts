import {
  CloudWatch,
  type DescribeAlarmsCommandOutput,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { local } from '../support/configs';
import type { LastRun } from '../../start/report';
import { until } from '../support/until';
import type { Story } from './story';
import type { DeployedPipeline } from './support';

const NAME = 'mlops-table-local';

/** Tests the metrics, logs and alarms of a run that deployed a model. */
export function observabilityTests(
  { check }: Story,
  deployed: () => DeployedPipeline,
  lastRun: () => LastRun,
): void {
  describe('in CloudWatch', () => {
    const options = () => deployed().session.cloud.clientOptions();

    /** Newest value of each line of the dashboard, by `namespace/metric/…dimensions/statistic`. */
    async function shown(): Promise<Map<string, number>> {
      const client = new CloudWatch(options());
      const { DashboardBody } = await client.getDashboard({ DashboardName: NAME });
      const { widgets } = JSON.parse(DashboardBody!) as Body;
      const lines = widgets.flatMap(({ properties }) => properties.metrics);
      const MetricDataQueries = lines.map((line, i): MetricDataQuery => {
        const names = line.filter((part) => typeof part === 'string');
        const [Namespace, MetricName, ...rest] = names;
        const { stat = 'Average' } = line.find((part) => typeof part !== 'string') ?? {};
        const Dimensions = rest.flatMap((Name, at) => (at % 2 === 0 ? [{ Name, Value: rest[at + 1]! }] : []));
        const Metric = { Namespace, MetricName, Dimensions };
        const Label = [Namespace, MetricName, ...rest, stat].join('/');
        return { Id: `m${i}`, Label, MetricStat: { Metric, Period: 86_400, Stat: stat } };
      });
      const now = Date.now();
      const { MetricDataResults = [] } = await client.getMetricData({
        ...{ MetricDataQueries, StartTime: new Date(now - 86_400_000), EndTime: new Date(now + 60_000) },
      });
      return new Map(
        MetricDataResults.flatMap(({ Label, Values }) => (Values?.length ? [[Label!, Values[0]!]] : [])),
      );
    }

    check('the dashboard shows the run, its model, its training, the endpoint and the API', async () => {
      const wanted = [
        ...[
          'RunsDeployed/Environment/mlops-table-local/Sum',
          'GateMetric/Environment/mlops-table-local/Average',
        ].map((line) => `MLOps/Pipeline/${line}`),
        'AWS/SageMaker/Invocations/EndpointName/mlops-table-local-endpoint/VariantName/primary/Sum',
        'AWS/ApiGateway/Count/ApiName/mlops-table-local-prediction/Stage/v1/Sum',
      ];
      const lines = await until('the dashboard has values', async () => {
        const found = await shown();
        return wanted.every((line) => found.has(line)) ? found : undefined;
      });
      const own = (line: string) => lines.get(`MLOps/Pipeline/${line}`);
      expect(own('RunsDeployed/Environment/mlops-table-local/Sum')).toBe(1);
      expect(own('RunsFailed/Environment/mlops-table-local/Sum')).toBeUndefined();
      expect(own('GateMetric/Environment/mlops-table-local/Average')).toBe(lastRun().metrics.accuracy);
      expect(own('TrainingSeconds/Environment/mlops-table-local/Sum')).toBeGreaterThan(0);
      const savings = own('SpotSavings/Environment/mlops-table-local/Average');
      expect(savings).toBeGreaterThanOrEqual(0);
      expect(savings).toBeLessThan(100);
      expect(lines.get('AWS/ApiGateway/5XXError/ApiName/mlops-table-local-prediction/Stage/v1/Sum')).toBe(0);
      expect(lines.get(wanted[2]!)).toBeGreaterThan(0);
    });

    check('the log of every function, job, build and container has lines with the run’s id', async () => {
      const client = new CloudWatchLogs(options());
      const { logGroups = [] } = await client.describeLogGroups({});
      const { runId } = lastRun();
      // Including the groups that SageMaker creates.
      expect(new Set(logGroups.map(({ retentionInDays }) => retentionInDays))).toEqual(
        new Set([local.logRetentionDays]),
      );
      const said = new Set<string>();
      const groups = new Set<string>();
      for (const { logGroupName } of logGroups) {
        const { events = [] } = await client.filterLogEvents({ logGroupName, filterPattern: `"${runId}"` });
        for (const { message = '' } of events) {
          const line = parse(message);
          if (line?.level === 'INFO' && line.message?.runId === runId) {
            said.add(line.message.message!);
            groups.add(logGroupName!);
          }
        }
      }
      const states = [
        'Plan run',
        'Check data',
        'Decide',
        'Acquire endpoint lock',
        'Smoke test',
        'Report run',
      ];
      expect([...said]).toEqual(expect.arrayContaining(states.map((state) => `${state}: done`)));
      const jobs = ['ProcessingJobs', 'TrainingJobs', `Endpoints/${NAME}-endpoint`].map(
        (name) => `/aws/sagemaker/${name}`,
      );
      expect([...groups]).toEqual(expect.arrayContaining(jobs));
      const programs = [/^shard 0: /, /^epoch=1\//, /^holdout: /, /^ready: /, /^building [0-9a-f]{32}$/];
      for (const program of programs) expect([...said].filter((text) => program.test(text))).not.toEqual([]);
    });

    check('an alarm is mailed, under the policies of topic and key', async () => {
      const client = new CloudWatch(options());
      const AlarmName = `${NAME}-notify-errors`;
      const StateReason = 'set by a test';
      await client.setAlarmState({ AlarmName, StateValue: 'ALARM', StateReason });
      const mail = await until('the alarm is mailed', () =>
        deployed()
          .mails()
          .find((text) => text.includes(AlarmName)),
      );
      expect(mail).toContain('docs/runbook.md');
      await client.setAlarmState({ AlarmName, StateValue: 'OK', StateReason });
      const { MetricAlarms = [] }: DescribeAlarmsCommandOutput = await client.describeAlarms({
        StateValue: 'ALARM',
      });
      expect(MetricAlarms.map((alarm) => alarm.AlarmName)).toEqual([]);
    });
  });
}

interface Body {
  widgets: { properties: { metrics: (string | { stat?: string })[][] } }[];
}

interface Line {
  level?: string;
  message?: { runId?: string; message?: string };
}

function parse(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}
