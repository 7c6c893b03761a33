import { answerDifference, goldenBody, type GoldenRequest } from '../lib/contract/golden';
import { GOLDEN_FILE, layout } from '../lib/contract/layout';
import type { Champion } from '../lib/contract/run';
import { askApi, type Api } from './api';
import { readJson } from './artifacts';
import { OperatorError } from './errors';
import { refusal } from './refusal';
import type { Pipeline } from './pipeline';
import { absence } from './working-hours';

/** The API's answer to one golden request, compared with the evaluation's. */
export interface GoldenResult {
  readonly contentType: string;
  readonly variant: string | null;
  /** Path of the first difference with both values, or the API's refusal; null if the answers agree. */
  readonly difference: string | null;
}

/**
 * Sends the golden requests of the model in production.
 *
 * @throws OperatorError if there is no model, or its evaluation has none
 */
export async function askGolden(
  { s3, outputs, config, pollMs }: Pick<Pipeline, 's3' | 'outputs' | 'config' | 'pollMs'>,
  api: Api,
): Promise<{ modelVersion: string; requests: GoldenResult[] }> {
  const bucket = outputs.ArtifactsBucketName;
  const champion = await readJson<Champion>(s3, bucket, layout.champion);
  if (!champion) throw new OperatorError(absence(outputs, Date.now()));
  const key = `${layout.evaluation(champion.runId)}${GOLDEN_FILE}`;
  const golden = await readJson<GoldenRequest[]>(s3, bucket, key);
  if (!golden?.length) {
    throw new OperatorError(
      `s3://${bucket}/${key} has no golden requests; it was deleted: the next run that deploys a model writes them.`,
    );
  }
  const { returns, answerTolerance } = config.api;
  const requests: GoldenResult[] = [];
  for (const request of golden) {
    const { contentType } = request;
    const { status, body, answer, variant } = await askApi(
      api,
      { contentType, body: goldenBody(request) },
      { returns, pollMs },
    );
    const difference =
      status === 200
        ? (answerDifference(request.answer, answer, answerTolerance) ?? null)
        : refusal(status, body.toString('utf8'));
    requests.push({ contentType, variant, difference });
  }
  return { modelVersion: champion.runId, requests };
}
