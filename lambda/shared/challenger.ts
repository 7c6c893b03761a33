import type { Challenger } from '../../lib/contract/run';

/** Returns a sentence on a test in progress, without a full stop. */
export function describeTest({ runId, against, strategy }: Challenger): string {
  const how = strategy === 'abTest' ? 'in an A/B test' : 'as a shadow';
  return `the model of run ${runId} is being tested against ${against} ${how}, and no decision has been made`;
}
