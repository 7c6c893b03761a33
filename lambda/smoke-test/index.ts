import { LambdaVariable } from '../../lib/contract/environment';
import { GOLDEN_FILE, layout } from '../../lib/contract/layout';
import { variable } from '../shared/environment';
import { Bucket } from '../shared/s3';
import { checkAnswer, type Answer, type Golden } from './golden';
import { Endpoint } from './sagemaker-runtime';

const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const endpoint = new Endpoint(variable(LambdaVariable.EndpointName));

export interface SmokeTestRequest {
  readonly runId: string;
  /** Production variants; each must answer by itself. */
  readonly variants: readonly string[];
}

/**
 * `Smoke test`: asks every variant the golden requests of the evaluation.
 *
 * @throws PipelineError `SmokeTestFailed` on the first wrong answer
 */
export async function handler({ runId, variants }: SmokeTestRequest): Promise<{ answers: number }> {
  const key = `${layout.evaluation(runId)}${GOLDEN_FILE}`;
  const golden = await artifacts.json<Golden>(key);
  if (!golden) throw new Error(`${artifacts.uri(key)} does not exist; Evaluate model writes it`);
  for (const variant of variants) {
    const answer = await endpoint.ask<Answer>(variant, { instances: golden.instances });
    checkAnswer(golden, answer, { runId, variant });
  }
  return { answers: golden.instances.length * variants.length };
}
