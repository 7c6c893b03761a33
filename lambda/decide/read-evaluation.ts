import * as z from 'zod/mini';
import { ErrorName, PipelineError } from '../../lib/contract/errors';
import type { GateMetric } from '../../lib/contract/gate';
import { isClassMetric, type ModelMetrics } from '../../lib/contract/metrics';
import type { Evaluation } from './evaluation';

/** Metrics are checked one by one where they are used: of a broken one, the gate says which. */
const estimates = z.record(z.string(), z.unknown());
const model = z.object({ version: z.string(), metrics: estimates });

/** What every evaluation has to have; further fields are allowed. */
const Form = z.object({
  task: z.enum(['classification', 'regression']),
  holdout: z.object({ rows: z.int().check(z.minimum(1)), sha256: z.string() }),
  bootstrap: z.object({ resamples: z.number(), confidence: z.number() }),
  naive: z.object({ description: z.string(), metrics: estimates }),
  candidate: model,
  champion: z.nullable(z.union([model, z.object({ version: z.string(), incomparable: z.string() })])),
  differences: z.nullable(estimates),
  advantages: estimates,
  agreement: z.optional(z.object({ rows: z.number(), metrics: estimates })),
  labels: z.optional(z.record(z.string(), z.number())),
});

/**
 * Reads `evaluation.json`, which the serving program wrote.
 *
 * @param text undefined if there is none
 * @param source its URI, for the message
 * @throws PipelineError `MetricsMissing` if there is none, or it is not of the contract's form
 */
export function readEvaluation(text: string | undefined, source: string): Evaluation {
  if (text === undefined)
    throw missing(`${source} does not exist; the serving program writes it with the argument evaluate`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw missing(
      `${source} is not JSON (${(error as Error).message}); write null for a metric that has no value: NaN is not JSON`,
    );
  }
  const parsed = Form.safeParse(value);
  if (parsed.success) return value as Evaluation;
  const [{ path, message }] = parsed.error.issues as [z.core.$ZodIssue];
  throw missing(
    `${source} is not as the contract has it: ${path.map(String).join('.') || 'the whole'}: ${message}; ` +
      'docs/bring-your-own-model.md has its form, and mlops check compares it',
  );
}

/**
 * Checks that the evaluation wrote every metric that the gate requires. One without a value rejects the candidate; one
 * that is not there at all is a fault of the program or of the gate. Classes are known from the data only: a class that
 * there is not has its own sentence in the verdict.
 *
 * @throws PipelineError `MetricsMissing`
 */
export function checkMeasured(
  required: readonly GateMetric[],
  { candidate }: Evaluation,
  metrics: Pick<ModelMetrics, 'evaluation'>,
): void {
  const lacking = required.find(
    ({ name }) => !isClassMetric(name, metrics) && !Object.hasOwn(candidate.metrics, name),
  );
  if (!lacking) return;
  const written = Object.keys(candidate.metrics).join(', ') || 'none';
  throw missing(
    `the evaluation has no ${lacking.name}, which the gate requires; it has ${written}: write it (null where it has no ` +
      'value), or require another metric in gate.metrics',
  );
}

function missing(message: string): PipelineError {
  return new PipelineError(ErrorName.MetricsMissing, message);
}
