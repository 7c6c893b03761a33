import type { PipelineConfig } from '../../lib/config';
import { weeklyHours } from '../../lib/contract/working-hours';
import { instanceHour, type PriceTable, type UnitName } from '../../lib/contract/prices';

/** Runs and requests of an environment in a month. */
export interface Usage {
  readonly runs: number;
  readonly requests: number;
}

export interface CostLine {
  readonly what: string;
  /** `rest`: without runs and requests. */
  readonly when: 'rest' | 'runs' | 'requests';
  readonly how: string;
  /** USD a month; null if the price table has no price. */
  readonly usd: number | null;
}

export interface Estimate {
  readonly lines: readonly CostLine[];
  /** USD a month, of the lines that have a price. */
  readonly rest: number;
  readonly total: number;
  /** At rest, without CloudWatch's free alarms and dashboards, which other environments of the account may use. */
  readonly restWithoutFree: number;
  /** Lines without a price. */
  readonly unknown: readonly string[];
}

const HOURS = 730;
const WEEK_HOURS = 168;
/**
 * Assumptions for what the configuration does not define: a small table, and the images of three versions of the code.
 */
const ASSUMED = {
  storedGb: 1,
  imagesGb: 12,
  logGb: 0.1,
  /** For each run: minutes of each processing job and of training, the Spot price's share, state transitions. */
  processingMinutes: 5,
  trainingMinutes: 15,
  spotShare: 0.35,
  transitions: 60,
  /** For each request: seconds of the function and of a serverless container. */
  functionSeconds: 0.1,
  servingSeconds: 0.05,
};
const FUNCTION_GB = 1;
/** Alarms of an environment other than those of variants: runs, functions, API. */
const PIPELINE_ALARMS = 3;
const API_ALARMS = 2;

/** Returns the monthly cost of an environment, from its configuration only. */
export function estimate(config: PipelineConfig, usage: Usage, prices: PriceTable): Estimate {
  const unit = (name: UnitName) => prices.units[name].price;
  const { alarms: freeAlarms, dashboards: freeDashboards } = prices.alwaysFree;
  const alarms = alarmCount(config);
  const lines: CostLine[] = [
    rest('KMS key', '1 key', unit('keyMonth')),
    rest(
      'Alarms',
      `${alarms}, ${freeAlarms} are free`,
      Math.max(0, alarms - freeAlarms) * unit('alarmMonth'),
    ),
    rest(
      'Dashboard',
      `1, ${freeDashboards} are free`,
      Math.max(0, 1 - freeDashboards) * unit('dashboardMonth'),
    ),
    rest('Storage', `${ASSUMED.storedGb} GB in S3`, ASSUMED.storedGb * unit('s3GbMonth')),
    rest('Images', `${ASSUMED.imagesGb} GB in ECR`, ASSUMED.imagesGb * unit('ecrGbMonth')),
    ...fileSystemLines(config, prices),
    ...endpointLines(config, usage, prices),
    ...runLines(config, usage, prices),
    ...requestLines(config, usage, prices),
  ];
  const sum = (some: readonly CostLine[]) => some.reduce((total, { usd }) => total + (usd ?? 0), 0);
  const atRest = sum(lines.filter(({ when }) => when === 'rest'));
  const free =
    Math.min(alarms, freeAlarms) * unit('alarmMonth') + Math.min(1, freeDashboards) * unit('dashboardMonth');
  return {
    lines,
    rest: atRest,
    total: sum(lines),
    restWithoutFree: atRest + free,
    unknown: lines.filter(({ usd }) => usd === null).map(({ what }) => what),
  };
}

function rest(what: string, how: string, usd: number | null): CostLine {
  return { what, when: 'rest', how, usd };
}

function alarmCount({ endpoint, triggers }: PipelineConfig): number {
  const { serving, rollback } = endpoint;
  const variants =
    serving.kind === 'realtime' ? serving.variants.length : serving.kind === 'serverless' ? 1 : 0;
  const rollbackAlarms = rollback && serving.kind === 'realtime' ? 2 * variants : 0;
  const schedule = (triggers.schedule ? 1 : 0) + (endpoint.workingHours ? 1 : 0);
  return (
    PIPELINE_ALARMS + schedule + 2 * variants + rollbackAlarms + (serving.kind === 'batch' ? 0 : API_ALARMS)
  );
}

function fileSystemLines({ training: { input } }: PipelineConfig, { units }: PriceTable): CostLine[] {
  if (input.mode !== 'FSxLustre') return [];
  const { storageGb, throughputPerTib } = input;
  const how = `${storageGb} GiB in FSx for Lustre, ${throughputPerTib} MB/s each TiB`;
  return [rest('File system', how, storageGb * units[`lustre${throughputPerTib}GbMonth`].price)];
}

/** Returns the hours a month in which instances run. */
function servingHours({ endpoint: { workingHours } }: PipelineConfig): number {
  return workingHours ? Math.round((HOURS * weeklyHours(workingHours)) / WEEK_HOURS) : HOURS;
}

function endpointLines(config: PipelineConfig, { requests }: Usage, prices: PriceTable): CostLine[] {
  const { serving } = config.endpoint;
  const hours = servingHours(config);
  switch (serving.kind) {
    case 'realtime':
      return serving.variants.map(({ name, instanceType, instanceCount }) => {
        const count = serving.scaling?.minInstances ?? instanceCount;
        return instances(`Endpoint, variant ${name}`, instanceType, count, hours, prices);
      });
    case 'asynchronous':
      return [
        instances(
          'Endpoint',
          serving.instanceType,
          serving.scaling?.minInstances ?? serving.instanceCount,
          hours,
          prices,
        ),
      ];
    case 'serverless': {
      const gbSeconds = requests * ASSUMED.servingSeconds * (serving.memoryMb / 1_024);
      return [
        rest('Endpoint', 'serverless, nothing without requests', 0),
        {
          what: 'Predictions',
          when: 'requests',
          how: `${requests} of ${ASSUMED.servingSeconds} s with ${serving.memoryMb} MB`,
          usd: gbSeconds * prices.units.serverlessGbSecond.price,
        },
      ];
    }
    case 'batch':
      return [];
  }
}

function instances(what: string, type: string, count: number, hours: number, prices: PriceTable): CostLine {
  const hour = instanceHour(type, prices);
  return rest(what, `${count} × ${type}, ${hours} h`, hour === undefined ? null : hour * count * hours);
}

function runLines(
  { data, preprocessing, training, evaluation, endpoint }: PipelineConfig,
  { runs }: Usage,
  prices: PriceTable,
): CostLine[] {
  const job = (what: string, type: string, count: number, minutes: number, share = 1): CostLine => {
    const hour = instanceHour(type, prices);
    const how = `${runs} × ${count} × ${type}, ${minutes} min${share < 1 ? ` at ${share * 100} % on Spot` : ''}`;
    return {
      ...{ what, when: 'runs', how },
      usd: hour === undefined ? null : (runs * count * hour * share * minutes) / 60,
    };
  };
  const { processingMinutes, trainingMinutes, spotShare, transitions } = ASSUMED;
  const { serving } = endpoint;
  return [
    job('Preprocessing', preprocessing.instanceType, data.maxShards, processingMinutes),
    job(
      'Training',
      training.instanceType,
      training.instanceCount,
      trainingMinutes,
      training.spot ? spotShare : 1,
    ),
    job('Evaluation', evaluation.instanceType, 1, processingMinutes),
    ...(serving.kind === 'batch'
      ? [job('Batch predictions', serving.instanceType, serving.instanceCount, processingMinutes)]
      : []),
    {
      ...{ what: 'State machine', when: 'runs', how: `${runs} × ${transitions} transitions` },
      usd: ((runs * transitions) / 1_000) * prices.units.stateTransitionThousand.price,
    },
    {
      ...{ what: 'Logs', when: 'runs', how: `${ASSUMED.logGb} GB` },
      usd: runs === 0 ? 0 : ASSUMED.logGb * prices.units.logGb.price,
    },
  ];
}

function requestLines({ endpoint }: PipelineConfig, { requests }: Usage, { units }: PriceTable): CostLine[] {
  if (endpoint.serving.kind === 'batch') return [];
  const gbSeconds = requests * ASSUMED.functionSeconds * FUNCTION_GB;
  return [
    {
      ...{ what: 'API', when: 'requests', how: `${requests} requests` },
      usd: (requests / 1e6) * units.apiMillion.price,
    },
    {
      ...{
        what: 'Function',
        when: 'requests',
        how: `${requests} × ${ASSUMED.functionSeconds} s, ${FUNCTION_GB} GB`,
      },
      usd: (requests / 1e6) * units.lambdaMillion.price + gbSeconds * units.lambdaGbSecond.price,
    },
  ];
}
