import { CHALLENGER_VARIANT } from '../lib/contract/names';
import { OperatorError, UsageError } from './errors';

/**
 * @param given weights as text, by variant
 * @param current weight of every variant of the endpoint
 * @returns the weights to set
 * @throws UsageError before anything changes
 */
export function checkWeights(
  given: Readonly<Record<string, string>>,
  current: Readonly<Record<string, number>>,
): Record<string, number> {
  const wanted: Record<string, number> = {};
  for (const [name, text] of Object.entries(given)) {
    if (!Object.hasOwn(current, name))
      throw new UsageError(
        `--variant is "${name}"; the endpoint has no such variant; allowed are ${Object.keys(current).join(', ')}.`,
      );
    const weight = Number(text);
    if (!/^\d*\.?\d+$/.test(text) || !Number.isFinite(weight))
      throw new UsageError(
        `--variant ${name} has the weight "${text}"; allowed are numbers of 0 or more, e.g. ${name}=20.`,
      );
    wanted[name] = weight;
  }
  if (Object.values({ ...current, ...wanted }).every((weight) => weight === 0))
    throw new UsageError(
      '--variant sets every weight to 0, so no variant would receive requests; set at least one above 0.',
    );
  return wanted;
}

/**
 * @param percent of the requests for the challenger
 * @param current weight of every variant of the endpoint
 * @throws OperatorError if there is no A/B test
 */
export function testWeights(
  percent: number,
  current: Readonly<Record<string, number>>,
): Record<string, number> {
  const [champion, ...others] = Object.keys(current).filter((name) => name !== CHALLENGER_VARIANT);
  if (!Object.hasOwn(current, CHALLENGER_VARIANT) || champion === undefined || others.length > 0)
    throw new OperatorError(
      `--challenger is ${percent}, but there is no A/B test: the endpoint has the variants ${Object.keys(current).join(', ')}. A run with the strategy abTest starts one. (The share that a shadow receives is endpoint.deployment.copyPercent.)`,
    );
  return { [champion]: 100 - percent, [CHALLENGER_VARIANT]: percent };
}

/** Returns each variant's share of the requests, 0 to 1. */
export function shares(weights: Readonly<Record<string, number>>): Record<string, number> {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  return Object.fromEntries(
    Object.entries(weights).map(([name, weight]) => [name, total === 0 ? 0 : weight / total]),
  );
}
