import { LambdaVariable } from '../../lib/contract/environment';
import { GOLDEN_FILE, layout } from '../../lib/contract/layout';
import { AsyncEndpoint } from '../shared/async-endpoint';
import { variable } from '../shared/environment';
import { logged } from '../shared/log';
import { Bucket } from '../shared/s3';
import { askQueue } from './async';
import { checkAnswer, type Answer, type Golden } from './golden';
import { Endpoint } from './sagemaker-runtime';

const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const endpointName = variable(LambdaVariable.EndpointName);
const kind = variable(LambdaVariable.ServingKind);

export interface SmokeTestRequest {
  readonly runId: string;
  /** Production variants; each must answer. */
  readonly variants: readonly string[];
}

/**
 * `Smoke test`: sends the golden requests of the evaluation to every variant.
 *
 * @throws PipelineError `SmokeTestFailed` on the first wrong answer
 */
async function smokeTest({ runId, variants }: SmokeTestRequest): Promise<{ answers: number }> {
  const key = `${layout.evaluation(runId)}${GOLDEN_FILE}`;
  const golden = await artifacts.json<Golden>(key);
  if (!golden) throw new Error(`${artifacts.uri(key)} does not exist; Evaluate model writes it`);
  const body = { instances: golden.instances };
  for (const variant of variants) {
    const answer =
      kind === 'asynchronous'
        ? await askQueue<Answer>(new AsyncEndpoint(endpointName, artifacts), endpointName, body)
        : // Whether a serverless endpoint knows TargetVariant is not documented; it has one variant.
          await new Endpoint(endpointName).ask<Answer>(kind === 'serverless' ? undefined : variant, body);
    checkAnswer(golden, answer, { runId, variant });
  }
  return { answers: golden.instances.length * variants.length };
}

export const handler = logged('Smoke test', smokeTest);
