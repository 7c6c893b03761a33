import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipelineId, type PipelineConfig } from '../../lib/config';
import { PRICES, type PriceTable } from '../../lib/contract/prices';
import { whole, type CommandDescription, type CommonOptions } from '../command';
import { configOf } from '../configuration';
import { pipelineResources } from '../cost/assembly';
import { estimate, type Estimate } from '../cost/estimate';
import { refreshed, type Refreshed } from '../cost/refresh';
import { ExitCode } from '../errors';
import { table } from '../output';

interface CostOptions extends CommonOptions {
  runs: number;
  requests: number;
  refresh?: boolean;
  assembly?: string;
}

/** A weekly schedule, rounded up. */
const RUNS = 5;
const FILE = 'lib/contract/prices.json';

export const cost: CommandDescription<CostOptions> = {
  usage: 'cost',
  summary: 'Estimates the monthly cost of an environment from its templates and its configuration.',
  examples: [
    ['cost', 'at rest, and with five runs a month'],
    ['cost --environment dev --runs 30 --requests 1000000', 'with more runs and requests'],
  ],
  options: (command) =>
    command
      .option('--runs <number>', 'runs a month', whole(0, 100_000), RUNS)
      .option('--requests <number>', 'predictions a month', whole(0, 1_000_000_000), 0)
      .option('--assembly <dir>', 'cloud assembly to read, e.g. cdk.out (default: it is synthesised)')
      .option('--refresh', `read the current instance prices from AWS, and write them to ${FILE}`),
  action: {
    alone: async (choice, out, { runs, requests, refresh, assembly }) => {
      const config = await configOf(choice);
      const environment = pipelineId(config);
      const { table: prices, missing } = refresh ? await write(config) : { table: PRICES, missing: [] };
      const resources = await pipelineResources(config, assembly);
      const found = estimate({ config, resources }, { runs, requests }, prices);
      out.result({ environment, prices: prices.date, region: prices.region, missing, ...found }, () =>
        report(environment, prices, found, missing),
      );
      return ExitCode.Ok;
    },
  },
};

async function write(config: PipelineConfig): Promise<Refreshed> {
  const today = new Date().toISOString().slice(0, 10);
  const prices = await refreshed(PRICES, typesOf(config), today);
  writeFileSync(join(process.cwd(), FILE), `${JSON.stringify(prices.table, null, 2)}\n`);
  return prices;
}

function typesOf({ preprocessing, training, evaluation, endpoint: { serving } }: PipelineConfig): string[] {
  const types = [preprocessing, training, evaluation].map(({ instanceType }) => instanceType);
  if (serving.kind === 'realtime') types.push(...serving.variants.map(({ instanceType }) => instanceType));
  else if (serving.kind !== 'serverless') types.push(serving.instanceType);
  return types;
}

function report(
  environment: string,
  { region, date }: PriceTable,
  found: Estimate,
  missing: readonly string[],
): string {
  const usd = (value: number) => value.toFixed(2);
  const rows = found.lines.map(({ what, when, how, usd: value }) => [
    ...[what, when, how],
    value === null ? 'no price' : usd(value),
  ]);
  return [
    table(['WHAT', 'FOR', 'HOW', 'USD'], rows),
    '',
    `${environment} at rest: ${usd(found.rest)} USD a month; in total: ${usd(found.total)}.`,
    `Without CloudWatch's free alarms and dashboards, at rest: ${usd(found.restWithoutFree)}.`,
    `Prices of ${region}, ${date}; an estimate, without taxes and data transfer. docs/costs.md lists the assumptions.`,
    ...(missing.length > 0
      ? [
          `The price list of ${region} has no hourly price of ${missing.join(', ')}: the former price is used.`,
        ]
      : []),
    ...(found.unknown.length > 0
      ? [`Not included, because there is no price: ${found.unknown.join(', ')}; try --refresh.`]
      : []),
    ...(found.notPriced.length > 0
      ? [`Not priced: ${found.notPriced.map(({ type, count }) => `${count} ${type}`).join(', ')}.`]
      : []),
  ].join('\n');
}
