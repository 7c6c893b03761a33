import type { GateMetric, GateSettings } from '../contract/gate';
import { METRIC_NAMES, metricOf } from '../contract/metrics';
import type { PipelineConfig } from './schema';

/** Returns the gate's settings as the functions receive them, with every default filled in. */
export function gateSettings({ gate, approval }: Pick<PipelineConfig, 'gate' | 'approval'>): GateSettings {
  return { ...gate, whenIncomparable: gate.whenIncomparable ?? (approval ? 'approval' : 'reject') };
}

/**
 * Default tolerance towards the champion where only a threshold is given: absolute for shares, relative for the others.
 */
const TOLERANCE = 0.03;
const TOLERANCE_SHARE = 0.05;

/**
 * Returns the metrics of a text such as `accuracy=0.75,recall:ill=0.6`.
 *
 * @throws Error naming the part that is not a metric with a number
 */
export function parseGate(text: string): GateMetric[] {
  return text.split(',').map((part) => {
    const [, name = '', value = ''] = /^\s*(.+?)\s*=\s*(.+?)\s*$/.exec(part) ?? [];
    const metric = metricOf(name);
    const threshold = Number(value);
    if (!metric || value === '' || !Number.isFinite(threshold)) {
      throw new Error(
        `gate "${part}" is not of the form metric=threshold, e.g. accuracy=0.75; metrics are ${METRIC_NAMES}`,
      );
    }
    const tolerance = metric.direction === 'higher' ? TOLERANCE : TOLERANCE_SHARE * Math.abs(threshold);
    return { name, threshold, tolerance };
  });
}

/** Two functions receive the gate as a variable; all variables of one function may take 4,096 bytes together. */
const MAX_GATE_BYTES = 2_048;

export function gateFaults({ gate, approval }: PipelineConfig): string[] {
  const faults: string[] = [];
  if (gate.whenIncomparable === 'approval' && !approval) {
    faults.push(
      'gate.whenIncomparable is "approval" with approval null; must be reject or threshold, unless approval is configured',
    );
  }
  const metrics = gate.metrics ?? [];
  const names = metrics.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated) faults.push(`gate.metrics names "${repeated}" twice; name each metric once`);
  for (const [index, metric] of metrics.entries()) {
    const field = `gate.metrics.${index}`;
    const { direction, naive } = metricOf(metric.name)!;
    if (metric.direction && metric.direction !== direction) {
      faults.push(
        `${field}.direction is "${metric.direction}"; must be "${direction}", the direction of ${metric.name}`,
      );
    }
    if (metric.threshold === null && !naive) {
      faults.push(
        `${field}.threshold is null; must be a number: the naive answer has no ${metric.name} to beat`,
      );
    }
    for (const limit of ['threshold', 'tolerance'] as const) {
      const value = metric[limit];
      // Metrics where higher is better are shares, or R², which has no minimum.
      if (direction === 'higher' && value !== null && value > 1) {
        faults.push(`${field}.${limit} is ${value}; must be at most 1 for ${metric.name}`);
      }
      if (value !== null && value < 0 && metric.name !== 'r2') {
        faults.push(`${field}.${limit} is ${value}; must be at least 0 for ${metric.name}`);
      }
    }
  }
  const bytes = Buffer.byteLength(JSON.stringify(gate));
  if (bytes > MAX_GATE_BYTES) {
    faults.push(
      `gate takes ${bytes} bytes as JSON; must be at most ${MAX_GATE_BYTES}: require fewer metrics`,
    );
  }
  return faults;
}
