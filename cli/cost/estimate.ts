import type { PipelineConfig } from '../../lib/config';
import { weeklyHours } from '../../lib/contract/working-hours';
import { instanceHour, type PriceTable, type UnitName } from '../../lib/contract/prices';
import type { TemplateResource } from './assembly';
import { ASSUMED } from './assumptions';
import { MONTH_HOURS, rest, type CostLine } from './cost-line';
import { templateLines, type NotPriced } from './template-lines';
import { requestLines, runLines } from './usage-lines';

/** Runs and requests of an environment in a month. */
export interface Usage {
  readonly runs: number;
  readonly requests: number;
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
  /** Resources of the template that may cost something and are not in any line. */
  readonly notPriced: readonly NotPriced[];
}

/** An environment as it is deployed. */
export interface DeployedEnvironment {
  readonly config: PipelineConfig;
  /** Resources of its templates. */
  readonly resources: readonly TemplateResource[];
}

const WEEK_HOURS = 168;

/**
 * Returns the monthly cost of an environment: of what its templates create, of the endpoint and the jobs of its runs,
 * which the configuration defines, and of assumed use.
 */
export function estimate(
  { config, resources }: DeployedEnvironment,
  usage: Usage,
  prices: PriceTable,
): Estimate {
  const unit = (name: UnitName) => prices.units[name].price;
  const created = templateLines(resources, prices);
  const lines: CostLine[] = [
    ...created.lines,
    rest('Storage', `${ASSUMED.storedGb} GB in S3`, ASSUMED.storedGb * unit('s3GbMonth')),
    rest('Images', `${ASSUMED.imagesGb} GB in ECR`, ASSUMED.imagesGb * unit('ecrGbMonth')),
    ...endpointLines(config, usage, prices),
    ...runLines(config, usage, prices),
    ...requestLines(config, usage, prices),
  ];
  const sum = (some: readonly CostLine[]) => some.reduce((total, { usd }) => total + (usd ?? 0), 0);
  const atRest = (some: readonly CostLine[]) => sum(some.filter(({ when }) => when === 'rest'));
  const withoutFree = templateLines(resources, { ...prices, alwaysFree: { alarms: 0, dashboards: 0 } });
  return {
    lines,
    rest: atRest(lines),
    total: sum(lines),
    restWithoutFree: atRest(lines) - sum(created.lines) + sum(withoutFree.lines),
    unknown: lines.filter(({ usd }) => usd === null).map(({ what }) => what),
    notPriced: created.notPriced,
  };
}

/** Returns the hours a month in which instances run. */
function servingHours({ endpoint: { workingHours } }: PipelineConfig): number {
  return workingHours ? Math.round((MONTH_HOURS * weeklyHours(workingHours)) / WEEK_HOURS) : MONTH_HOURS;
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
