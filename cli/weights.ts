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
        `--variant names "${name}", which the endpoint has not; allowed are ${Object.keys(current).join(', ')}.`,
      );
    const weight = Number(text);
    if (!/^\d*\.?\d+$/.test(text) || !Number.isFinite(weight))
      throw new UsageError(
        `--variant ${name} has the weight "${text}"; allowed are numbers from 0 on; write e.g. ${name}=20.`,
      );
    wanted[name] = weight;
  }
  if (Object.values({ ...current, ...wanted }).every((weight) => weight === 0))
    throw new UsageError(
      '--variant leaves every weight at 0; at least one has to be greater, or no request is answered; raise one.',
    );
  return wanted;
}

/**
 * @param percent of the requests for the challenger
 * @param current weight of every variant of the endpoint
 * @throws OperatorError where no A/B test goes on
 */
export function testWeights(
  percent: number,
  current: Readonly<Record<string, number>>,
): Record<string, number> {
  const [champion, ...others] = Object.keys(current).filter((name) => name !== CHALLENGER_VARIANT);
  if (!Object.hasOwn(current, CHALLENGER_VARIANT) || champion === undefined || others.length > 0)
    throw new OperatorError(
      `--challenger is ${percent}, but the endpoint has the variants ${Object.keys(current).join(', ')} and no A/B test goes on; a run with the strategy abTest begins one. (A shadow gets copies: endpoint.deployment.copyPercent says of how many.)`,
    );
  return { [champion]: 100 - percent, [CHALLENGER_VARIANT]: percent };
}

/** Each variant's share of the requests, 0 to 1. */
export function shares(weights: Readonly<Record<string, number>>): Record<string, number> {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  return Object.fromEntries(
    Object.entries(weights).map(([name, weight]) => [name, total === 0 ? 0 : weight / total]),
  );
}
