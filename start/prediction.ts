import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { writeFileSync } from 'node:fs';
import { askApi, type Api } from '../cli/api';
import type { SessionApi } from './session';
import { escapeLines, safeJson } from '../containers/table/escape.ts';
import { answerDifference, goldenBody, parseAnswer, type GoldenRequest } from '../lib/contract/golden';
import { GOLDEN_FILE, layout } from '../lib/contract/layout';
import { acceptHeader, isText, type ApiContents } from '../lib/contract/model';

/** The API's answer to a golden request. */
export interface Prediction {
  /** The answer's body: JSON, or text. */
  answer: unknown;
  /** The true answer, if the evaluation stored it. */
  trueLabel?: unknown;
  /** Difference to the evaluation's answer; null if they agree. */
  difference: string | null;
  variant: string | null;
  /** `modelVersion` of the answer, if it has one. */
  modelVersion: string | null;
}

/** Returns the first golden request of a run's evaluation. */
export async function goldenRequest(s3: S3Client, bucket: string, runId: string): Promise<GoldenRequest> {
  const Key = `${layout.evaluation(runId)}${GOLDEN_FILE}`;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
  const [first] = JSON.parse(await Body!.transformToString()) as GoldenRequest[];
  if (!first) throw new Error(`s3://${bucket}/${Key} is []; the evaluation must write at least one request`);
  return first;
}

/**
 * Calls the API as any client does.
 *
 * @param contents of the model's API
 * @param pollMs between two requests for the answer of an asynchronous endpoint
 */
export async function predict(
  api: Api,
  golden: GoldenRequest,
  { returns, answerTolerance }: Pick<ApiContents, 'returns' | 'answerTolerance'>,
  pollMs: number,
): Promise<Prediction> {
  const request = { contentType: golden.contentType, body: goldenBody(golden) };
  const { status, body, answer, variant } = await askApi(api, request, { returns, pollMs });
  if (status !== 200) throw new Error(`the API returned ${status}: ${body.toString('utf8')}`);
  return {
    answer,
    ...('label' in golden && { trueLabel: golden.label }),
    difference: answerDifference(golden.answer, answer, answerTolerance) ?? null,
    variant,
    modelVersion: versionOf(answer),
  };
}

function versionOf(answer: unknown): string | null {
  const version = (answer as { modelVersion?: unknown } | null)?.modelVersion;
  return typeof version === 'string' ? version : null;
}

/**
 * Returns the command that repeats the request.
 *
 * @param returns media types of the model's answers
 * @param file for a body that cannot be shown on a terminal, which is written there
 */
export function curlCommand(
  api: SessionApi,
  golden: GoldenRequest,
  returns: readonly string[],
  file: string,
): string {
  const accept = returns.every(isText) ? '' : ` -H 'accept: ${acceptHeader(returns)}'`;
  const call = `curl -s ${api.url}${api.curlSigning} -H 'x-api-key: ${api.key}' -H 'content-type: ${golden.contentType}'${accept}`;
  const shown = printable(golden);
  if (shown !== undefined) return `${call} --data-raw '${shown.replaceAll("'", "'\\''")}'`;
  writeFileSync(file, goldenBody(golden));
  return `${call} --data-binary @${file}`;
}

/** Returns the body as text without control characters: JSON can escape them, other text cannot. */
function printable(golden: GoldenRequest): string | undefined {
  if (!('body' in golden)) return undefined;
  const value = parseAnswer(golden.body);
  if (typeof value === 'object' && value !== null) return safeJson(value);
  return escapeLines(golden.body) === golden.body ? golden.body : undefined;
}
