import { escapeText } from '../table/escape.ts';
import { log } from '../table/log.ts';
import type { Evaluation } from './evaluation.ts';
import type { Estimate, Estimates } from './comparison.ts';

/** Logs the evaluation. */
export function report(evaluation: Evaluation): void {
  const { holdout, bootstrap, candidate, champion, naive, differences, advantages, agreement } = evaluation;
  log('INFO', `holdout: ${holdout.rows} rows, resampled ${bootstrap.drawn} times`);
  log('INFO', `naive, ${escapeText(naive.description, 200)}: ${listed(naive.metrics)}`);
  for (const [name, result] of Object.entries({ candidate, champion })) {
    if (!result) log('INFO', `${name}: none`);
    else if ('incomparable' in result)
      log('INFO', `${name} ${result.version}: incomparable, ${result.incomparable}`);
    else log('INFO', `${name} ${result.version}: ${listed(result.metrics)}`);
  }
  log('INFO', `candidate − naive: ${listed(advantages)}`);
  if (differences) log('INFO', `candidate − champion: ${listed(differences)}`);
  const metrics = Object.entries(agreement.metrics).map(([name, value]) => `${name} ${rounded(value)}`);
  log('INFO', `validation split, ${agreement.rows} rows: ${metrics.join(', ')}`);
}

function listed(estimates: Estimates): string {
  return Object.entries(estimates)
    .map(
      ([name, { value, interval }]: [string, Estimate]) =>
        `${escapeText(name)} ${rounded(value)}${interval ? ` [${interval.map(rounded).join(', ')}]` : ''}`,
    )
    .join(', ');
}

function rounded(value: number | null): string {
  return value?.toFixed(4) ?? 'undefined';
}
