import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { safeJson } from '../containers/table/escape.ts';
import { GOLDEN_FILE, layout } from '../lib/contract/layout';

/** One row of the holdout. */
export interface HoldoutRow {
  /** Values as in the data: numbers, strings, booleans, null. */
  instance: Record<string, unknown>;
  /** The label in the data. */
  trueLabel: string | number;
}

/** The API's answer for a row. */
export interface Prediction {
  /** A class, or a number for a numeric label. */
  answer: string | number;
  /** Probability of the class; null for a number. */
  probability: number | null;
  trueLabel: string | number;
  modelVersion: string;
  variant: string;
}

export interface Api {
  url: string;
  key: string;
}

/** Returns the first of the holdout rows that the evaluation stored with their labels. */
export async function holdoutRow(s3: S3Client, bucket: string, runId: string): Promise<HoldoutRow> {
  const Key = `${layout.evaluation(runId)}${GOLDEN_FILE}`;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
  const golden = JSON.parse(await Body!.transformToString()) as {
    instances: Record<string, unknown>[];
    labels: (string | number)[];
  };
  return { instance: golden.instances[0]!, trueLabel: golden.labels[0]! };
}

/** Calls the API as any client does. */
export async function predict(api: Api, row: HoldoutRow): Promise<Prediction> {
  const response = await fetch(api.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': api.key },
    body: JSON.stringify({ instances: [row.instance] }),
  });
  const body = await response.text();
  if (response.status !== 200) throw new Error(`the API returned ${response.status}: ${body}`);
  const { modelVersion, variant, predictions } = JSON.parse(body) as {
    modelVersion: string;
    variant: string;
    predictions: ({ label: string; probabilities: Record<string, number> } | { value: number })[];
  };
  const first = predictions[0]!;
  const said =
    'value' in first
      ? { answer: first.value, probability: null }
      : { answer: first.label, probability: first.probabilities[first.label] ?? null };
  return { ...said, trueLabel: row.trueLabel, modelVersion, variant };
}

/** Returns the command that repeats the request. */
export function curlCommand(api: Api, row: HoldoutRow): string {
  const body = safeJson({ instances: [row.instance] }).replaceAll("'", "'\\''");
  return `curl -s ${api.url} -H 'x-api-key: ${api.key}' -H 'content-type: application/json' -d '${body}'`;
}
