import { ErrorName, PipelineError } from '../../lib/contract/errors';
import { answerDifference, type GoldenRequest } from '../../lib/contract/golden';

/** Checks an answer. @throws PipelineError `SmokeTestFailed` naming variant, request, expected and given answer */
export function checkAnswer(
  golden: GoldenRequest,
  answer: unknown,
  { variant, index, tolerance }: { variant: string; index: number; tolerance: number },
): void {
  const difference = answerDifference(golden.answer, answer, tolerance);
  if (difference === undefined) return;
  throw new PipelineError(
    ErrorName.SmokeTestFailed,
    `variant ${variant}: golden request ${index} (${golden.contentType}): ${difference}`,
  );
}
