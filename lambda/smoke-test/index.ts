import { LambdaVariable } from '../../lib/contract/environment';
import type { GoldenRequest } from '../../lib/contract/golden';
import { GOLDEN_FILE, layout } from '../../lib/contract/layout';
import { AsyncEndpoint } from '../shared/async-endpoint';
import { variable } from '../shared/environment';
import { logged } from '../shared/log';
import { readModelFacts } from '../shared/model';
import { Bucket } from '../shared/s3';
import { askQueue } from './async';
import { checkAnswer, checkRequests } from './golden';
import { Endpoint } from './sagemaker-runtime';

const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const endpointName = variable(LambdaVariable.EndpointName);
const kind = variable(LambdaVariable.ServingKind);
const { api } = readModelFacts();
const accept = api.returns[0]!;

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
  const golden = checkRequests(
    await artifacts.json<GoldenRequest[]>(key),
    artifacts.uri(key),
    api.accepts.map(({ contentType }) => contentType),
  );
  for (const variant of variants) {
    for (const [index, request] of golden.entries()) {
      const answer =
        kind === 'asynchronous'
          ? await askQueue(new AsyncEndpoint(endpointName, artifacts, api.returns), endpointName, request)
          : // Whether a serverless endpoint knows TargetVariant is not documented; it has one variant.
            await new Endpoint(endpointName, accept).ask(
              kind === 'serverless' ? undefined : variant,
              request,
            );
      checkAnswer(request, answer, { variant, index, tolerance: api.answerTolerance });
    }
  }
  return { answers: golden.length * variants.length };
}

export const handler = logged('Smoke test', smokeTest);
