import type { Challenger } from '../../lib/contract/run';

/** That a test goes on: a sentence without a full stop. */
export function describeTest({ runId, against, strategy }: Challenger): string {
  const how = strategy === 'abTest' ? 'in an A/B test' : 'as a shadow';
  return `the model of run ${runId} is tested against ${against} ${how}, and nobody has decided yet`;
}
