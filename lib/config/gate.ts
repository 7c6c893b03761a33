import { decimal } from '../contract/decimal';
import type { GateMetric, GateSettings } from '../contract/gate';
import { metricNames, metricOf, type ModelMetrics } from '../contract/metrics';
import type { PipelineConfig } from './schema';

/** Returns the gate's settings as the functions receive them, with every default filled in. */
export function gateSettings({ gate, approval }: Pick<PipelineConfig, 'gate' | 'approval'>): GateSettings {
  return { ...gate, whenIncomparable: gate.whenIncomparable ?? (approval ? 'approval' : 'reject') };
}

/**
 * Default tolerance towards the champion where only a threshold is given: absolute for metrics with a greatest value of
 * 1, relative for the others.
 */
const TOLERANCE = 0.03;
const TOLERANCE_SHARE = 0.05;

/**
 * Returns the metrics of a text such as `f1=0.75,recall:ill=0.6`.
 *
 * @throws Error naming the part that is not a metric with a number
 */
export function parseGate(text: string, metrics: Pick<ModelMetrics, 'evaluation'>): GateMetric[] {
  return text.split(',').map((part) => {
    const [, name = '', value = ''] = /^\s*(.+?)\s*=\s*(.+?)\s*$/.exec(part) ?? [];
    const metric = metricOf(name, metrics);
    const threshold = decimal(value);
    if (!metric || !Number.isFinite(threshold)) {
      throw new Error(
        `gate "${part}" is not of the form metric=threshold, such as ${Object.keys(metrics.evaluation)[0]}=0.75; ` +
          `metrics are ${metricNames(metrics)}`,
      );
    }
    const tolerance = metric.max === 1 ? TOLERANCE : TOLERANCE_SHARE * Math.abs(threshold);
    return { name, threshold, tolerance };
  });
}

/** Two functions receive the gate as a variable; all variables of one function may take 4,096 bytes together. */
const MAX_GATE_BYTES = 2_048;

export function gateFaults({ gate, approval, metrics: known }: PipelineConfig): string[] {
  const faults: string[] = [];
  if (gate.whenIncomparable === 'approval' && !approval) {
    faults.push(
      'gate.whenIncomparable is "approval" with approval null; must be reject or threshold, unless approval is configured',
    );
  }
  if (!gate.metrics && !gate.byData) {
    faults.push('gate.metrics and gate.byData are null; one of them must require a metric');
  }
  const metrics = gate.metrics ?? [];
  const names = metrics.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated) faults.push(`gate.metrics names "${repeated}" twice; name each metric once`);
  for (const [index, metric] of metrics.entries()) {
    faults.push(...metricFaults(`gate.metrics.${index}`, metric, known));
  }
  for (const [kind, metric] of Object.entries(gate.byData ?? {})) {
    faults.push(...metricFaults(`gate.byData.${kind}`, metric, known));
  }
  if (gate.metrics && !gate.byData && !metrics.some(({ name }) => metricOf(name, known)?.naive)) {
    faults.push(
      `gate.metrics is ${JSON.stringify(names)}; must have a metric that the naive answer has too (naive: true in ` +
        'metrics.evaluation): a model that is not better than no model would pass',
    );
  }
  const bytes = Buffer.byteLength(JSON.stringify(gate));
  if (bytes > MAX_GATE_BYTES) {
    faults.push(
      `gate takes ${bytes} bytes as JSON; must be at most ${MAX_GATE_BYTES}: require fewer metrics`,
    );
  }
  return faults;
}

function metricFaults(field: string, required: GateMetric, known: ModelMetrics): string[] {
  const metric = metricOf(required.name, known);
  if (!metric) return [`${field}.name is "${required.name}"; must be ${metricNames(known)}`];
  const { direction, naive, min, max } = metric;
  const faults: string[] = [];
  if (required.direction && required.direction !== direction) {
    faults.push(
      `${field}.direction is "${required.direction}"; must be "${direction}", the direction of ${required.name}`,
    );
  }
  if (required.threshold === null && !naive) {
    faults.push(
      `${field}.threshold is null; must be a number: the naive answer has no ${required.name} to beat`,
    );
  }
  for (const limit of ['threshold', 'tolerance'] as const) {
    const value = required[limit];
    if (value === null) continue;
    if (max !== undefined && value > max) {
      faults.push(`${field}.${limit} is ${value}; must be at most ${max} for ${required.name}`);
    }
    if (limit === 'threshold' && min !== undefined && value < min) {
      faults.push(`${field}.${limit} is ${value}; must be at least ${min} for ${required.name}`);
    }
  }
  return faults;
}
