import { buildCost, instanceCost, PRICES, type PriceTable } from '../../lib/contract/prices';
import type { CostPart, RunCost } from '../../lib/contract/run';
import type { JobUse } from './job-use';

/** Returns the cost of a run, state by state in the order of their first jobs. Unknown costs are null, never 0. */
export function runCost(jobs: readonly JobUse[], prices: PriceTable = PRICES): RunCost {
  const states = new Map<string, JobUse[]>();
  for (const job of jobs) states.set(job.state, [...(states.get(job.state) ?? []), job]);
  const parts = [...states].map(([state, own]) => partOf(state, own, prices));
  const training = jobs.filter(({ kind }) => kind === 'training');
  return {
    usd: total(parts.map(({ usd }) => usd ?? 0)),
    parts,
    spotSavings: spotSavings(training),
    pricesOf: prices.date,
  };
}

/** Returns the cost of the training only; undefined where it is unknown. */
export function trainingUsd(jobs: readonly JobUse[], prices: PriceTable = PRICES): number | undefined {
  const costs = jobs.filter(({ kind }) => kind === 'training').map((job) => costOf(job, prices));
  return costs.length === 0 || costs.includes(null) ? undefined : total(costs as number[]);
}

/** Returns the share of the training's price that Spot saved, percent; null where nothing was trained. */
export function spotSavings(training: readonly JobUse[]): number | null {
  const onDemand = total(training.map(({ onDemandSeconds = 0 }) => onDemandSeconds));
  if (onDemand <= 0) return null;
  return Math.max(0, 100 * (1 - total(training.map(({ seconds }) => seconds ?? 0)) / onDemand));
}

function partOf(what: string, jobs: readonly JobUse[], prices: PriceTable): CostPart {
  const costs = jobs.map((job) => costOf(job, prices));
  const seconds = jobs.map((job) => job.seconds);
  return {
    what,
    jobs: jobs.length,
    on: jobs.find(({ type }) => type !== undefined)?.type ?? null,
    seconds: seconds.includes(null) ? null : total(seconds as number[]),
    usd: costs.includes(null) ? null : total(costs as number[]),
  };
}

/** USD; null where time or price is unknown. */
function costOf({ kind, type, instances, seconds }: JobUse, prices: PriceTable): number | null {
  if (type === undefined || seconds === null) return null;
  const cost =
    kind === 'build' ? buildCost(type, seconds, prices) : instanceCost(type, instances, seconds, prices);
  return cost ?? null;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
