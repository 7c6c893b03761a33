import { ErrorName, PipelineError } from '../../lib/contract/errors';

/** Holdout rows with the candidate's answers to them, `golden.json`. */
export interface Golden {
  readonly instances: readonly Readonly<Record<string, unknown>>[];
  /** Predictions of any form: a class with its probabilities, or a number. */
  readonly predictions: readonly unknown[];
}

/** Answer of the serving program. */
export interface Answer {
  readonly modelVersion: string;
  readonly predictions: readonly unknown[];
}

/**
 * Tolerance for another CPU's arithmetic, relative for numbers above 1; answers of a wrong model differ by far more.
 */
const TOLERANCE = 1e-3;

/** Checks an answer. @throws PipelineError `SmokeTestFailed` naming variant, row, expected and given answer */
export function checkAnswer(
  golden: Golden,
  answer: Answer,
  { runId, variant }: { runId: string; variant: string },
): void {
  const fail = (message: string): never => {
    throw new PipelineError(ErrorName.SmokeTestFailed, `variant ${variant}: ${message}`);
  };
  if (answer.modelVersion !== runId) {
    fail(`answers as model version ${JSON.stringify(answer.modelVersion)} instead of ${runId}`);
  }
  if (answer.predictions?.length !== golden.predictions.length) {
    fail(
      `gave ${answer.predictions?.length ?? 'no'} predictions for ${golden.predictions.length} golden requests`,
    );
  }
  golden.predictions.forEach((expected, index) => {
    const given = answer.predictions[index];
    if (!agrees(expected, given)) {
      fail(`golden request ${index}: expected ${JSON.stringify(expected)}, given ${JSON.stringify(given)}`);
    }
  });
}

/** Returns true if both have the same form and equal values; numbers within the tolerance. */
function agrees(expected: unknown, given: unknown): boolean {
  if (typeof expected === 'number' && typeof given === 'number') {
    return Math.abs(given - expected) <= TOLERANCE * Math.max(1, Math.abs(expected));
  }
  if (typeof expected !== 'object' || expected === null || typeof given !== 'object' || given === null) {
    return expected === given;
  }
  const names = Object.keys(expected);
  return (
    names.length === Object.keys(given).length &&
    names.every((name) =>
      agrees((expected as Record<string, unknown>)[name], (given as Record<string, unknown>)[name]),
    )
  );
}
