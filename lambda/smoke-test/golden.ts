import { ErrorName, PipelineError } from '../../lib/contract/errors';

export interface Prediction {
  readonly label: string;
  readonly probabilities: Readonly<Record<string, number>>;
}

/** Holdout rows with the candidate's answers to them, `golden.json`. */
export interface Golden {
  readonly instances: readonly Readonly<Record<string, number>>[];
  readonly predictions: readonly Prediction[];
}

/** Answer of the serving program. */
export interface Answer {
  readonly modelVersion: string;
  readonly predictions: readonly Prediction[];
}

/** Room for another CPU's arithmetic; answers of a wrong model differ by far more. */
const TOLERANCE = 1e-3;

/** @throws PipelineError `SmokeTestFailed` naming variant, row, expected and given answer */
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
    const given = answer.predictions[index]!;
    const agrees =
      given.label === expected.label &&
      Object.entries(expected.probabilities).every(
        ([name, probability]) => Math.abs((given.probabilities[name] ?? NaN) - probability) <= TOLERANCE,
      );
    if (!agrees) {
      fail(`golden request ${index}: expected ${JSON.stringify(expected)}, given ${JSON.stringify(given)}`);
    }
  });
}
