import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../config';
import type { PipelineMetric } from '../contract/observability';
import { DAY, FIVE_MINUTES, P99, SUM } from '../platform/team-alarm';
import { apiMetric, variantMetric, watchedVariants } from '../serving/metrics';
import { runMetric } from './run-alarms';

export interface DashboardProps {
  readonly config: PipelineConfig;
}

const { AVERAGE, MAXIMUM } = cloudwatch.Stats;
/** Half of a dashboard's 24 columns. */
const HALF = 12;
const THIRD = 8;
/** Runs are few: four weeks show a trend. */
const SHOWN = Duration.days(28);

/** A dashboard of one environment: its runs, their metrics and cost, and the answers of the endpoint and the API. */
export class Dashboard extends Construct {
  private readonly config: PipelineConfig;

  constructor(scope: Construct, id: string, { config }: DashboardProps) {
    super(scope, id);
    this.config = config;
    const dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: resourcePrefix(config),
      defaultInterval: SHOWN,
    });
    dashboard.addWidgets(...this.runs());
    dashboard.addWidgets(...this.training());
    const variants = watchedVariants(config);
    if (variants.length > 0) dashboard.addWidgets(...this.endpoint(variants));
    if (config.endpoint.serving.kind !== 'batch') dashboard.addWidgets(...this.api());
  }

  private runs(): cloudwatch.IWidget[] {
    const outcomes = [
      ...(['Deployed', 'Testing', 'Rejected', 'Failed', 'Aborted', 'Restored', 'Unchanged'] as const),
    ];
    const { gate, metrics } = this.config;
    const [required] = gate.metrics ?? [];
    const first = metrics.headline === null || metrics.headline === required?.name ? required : undefined;
    return [
      graph('Runs per day, by outcome', HALF, {
        left: outcomes.map((outcome) => this.daily(`Runs${outcome}`, SUM, outcome)),
        stacked: true,
        view: cloudwatch.GraphWidgetView.BAR,
      }),
      graph('Candidates on the holdout, by the headline metric', HALF, {
        left: [this.daily('GateMetric', AVERAGE, first?.name ?? metrics.headline ?? 'headline metric')],
        ...(typeof first?.threshold === 'number' && {
          leftAnnotations: [{ value: first.threshold, label: 'gate' }],
        }),
      }),
    ];
  }

  private training(): cloudwatch.IWidget[] {
    return [
      graph('Training time per day', THIRD, {
        left: [this.daily('TrainingSeconds', SUM, 'trained'), this.daily('BillableSeconds', SUM, 'billed')],
        leftYAxis: { min: 0, label: 's', showUnits: false },
      }),
      graph('Spot savings', THIRD, {
        left: [this.daily('SpotSavings', AVERAGE, '% of the price')],
        leftYAxis: { min: 0, max: 100 },
      }),
      graph('Cost of runs per day, USD', THIRD, {
        left: [this.daily('RunCost', SUM, 'all jobs'), this.daily('TrainingCost', SUM, 'training')],
        leftYAxis: { min: 0 },
      }),
    ];
  }

  private endpoint(variants: readonly string[]): cloudwatch.IWidget[] {
    const each = (metricName: string, statistic: string, label = metricName) =>
      variants.map((variant) =>
        variantMetric(this.config, metricName, variant, {
          ...{ statistic, period: FIVE_MINUTES, label: `${variant} ${label}` },
        }),
      );
    return [
      graph('Endpoint: invocations by variant', THIRD, { left: each('Invocations', SUM, 'requests') }),
      graph('Endpoint: latency by variant, µs', THIRD, {
        left: [...each('ModelLatency', AVERAGE, 'mean'), ...each('ModelLatency', P99, 'p99')],
        leftYAxis: { min: 0 },
      }),
      graph('Endpoint: errors by variant', THIRD, {
        left: [...each('Invocation4XXErrors', SUM, '4xx'), ...each('Invocation5XXErrors', SUM, '5xx')],
      }),
    ];
  }

  private api(): cloudwatch.IWidget[] {
    const sum = (name: '5XXError' | '4XXError' | 'Count', label: string) =>
      apiMetric(this.config, name, { statistic: SUM, period: FIVE_MINUTES, label });
    const latency = (statistic: string, label: string) =>
      apiMetric(this.config, 'Latency', { statistic, period: FIVE_MINUTES, label });
    return [
      graph('API: requests and errors', THIRD, {
        left: [sum('Count', 'requests'), sum('4XXError', '4xx'), sum('5XXError', '5xx')],
      }),
      graph('API: latency, ms', THIRD, {
        left: [latency(AVERAGE, 'mean'), latency(P99, 'p99'), latency(MAXIMUM, 'slowest')],
        leftYAxis: { min: 0 },
      }),
      graph('Endpoint: does not serve the champion', THIRD, {
        left: [
          runMetric(this.config, 'EndpointFaults', {
            ...{ statistic: MAXIMUM, period: FIVE_MINUTES, label: 'faults' },
          }),
        ],
        leftYAxis: { min: 0, max: 1 },
      }),
    ];
  }

  private daily(name: PipelineMetric, statistic: string, label: string): cloudwatch.Metric {
    return runMetric(this.config, name, { statistic, period: DAY, label });
  }
}

function graph(
  title: string,
  width: number,
  props: Omit<cloudwatch.GraphWidgetProps, 'title' | 'width'>,
): cloudwatch.GraphWidget {
  return new cloudwatch.GraphWidget({ title, width, ...props });
}
