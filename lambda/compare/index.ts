import { LambdaVariable } from '../../lib/contract/environment';
import { layout } from '../../lib/contract/layout';
import { CHALLENGER_VARIANT } from '../../lib/contract/names';
import type { Challenger } from '../../lib/contract/run';
import type { ShadowComparison } from '../../lib/contract/shadow';
import { variable } from '../shared/environment';
import { logged } from '../shared/log';
import { readModelFacts } from '../shared/model';
import { Bucket } from '../shared/s3';
import { Answers, compare, type Captured } from './compare';
import { captureHours } from './hours';

const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const endpointName = variable(LambdaVariable.EndpointName);
const production = variable(LambdaVariable.VariantName);
const { api } = readModelFacts();

/** `Compare answers`: reads the captured answers of both models since the test began, and compares them. */
async function compareAnswers({
  runId,
}: {
  runId: string;
}): Promise<Omit<ShadowComparison, 'examples' | 'labels'>> {
  const challenger = await artifacts.json<Challenger>(layout.challenger);
  if (challenger?.runId !== runId) {
    throw new Error(
      `${artifacts.uri(layout.challenger)} is not of run ${runId}: the test has been decided already`,
    );
  }
  const hours = captureHours(new Date(challenger.deployedAt), new Date());
  const comparison = compare(
    { champion: challenger.against, challenger: runId },
    await answersOf(production, hours),
    await answersOf(CHALLENGER_VARIANT, hours),
  );
  await artifacts.putJson(layout.comparison(runId), comparison);
  // S3 holds the full comparison: a state's payload is limited.
  const { examples: _, labels: __, ...summary } = comparison;
  return summary;
}

async function answersOf(variant: string, hours: readonly string[]): Promise<Answers> {
  const answers = new Answers(api.returns[0]);
  for (const hour of hours) {
    for (const key of await artifacts.keys(`${layout.capture}${endpointName}/${variant}/${hour}/`)) {
      for (const line of (await artifacts.text(key)).split('\n')) {
        if (line) answers.add(JSON.parse(line) as Captured);
      }
    }
  }
  return answers;
}

export const handler = logged('Compare answers', compareAnswers);
