import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse/sync';
import { parseDataSchema, type DataSchema } from '../lib/contract/data-schema';
import { layout } from '../lib/contract/layout';

/** One row of the holdout, which no training has seen. */
export interface HoldoutRow {
  instance: Record<string, number>;
  /** The label in the data. */
  trueLabel: string;
}

/** The API's answer to it. */
export interface Prediction {
  label: string;
  probabilities: Record<string, number>;
  trueLabel: string;
  modelVersion: string;
  variant: string;
}

export interface Api {
  url: string;
  key: string;
}

/** The first row of a run's test split. */
export async function holdoutRow(s3: S3Client, bucket: string, runId: string): Promise<HoldoutRow> {
  const read = async (Key: string) =>
    (await s3.send(new GetObjectCommand({ Bucket: bucket, Key }))).Body!.transformToString();
  const schema: DataSchema = parseDataSchema(await read(layout.schema(runId)), layout.schema(runId));
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: `${layout.preprocessed(runId)}test/` }),
  );
  for (const { Key } of Contents) {
    const [row] = parse<Record<string, string>>(await read(Key!), { columns: true });
    if (!row) continue;
    const { label, ...features } = row;
    return {
      instance: Object.fromEntries(Object.entries(features).map(([name, value]) => [name, Number(value)])),
      trueLabel: schema.classes[Number(label)]!,
    };
  }
  throw new Error(`the test split of run ${runId} has no row; Check data should have refused it`);
}

/** Asks the API as any client would. */
export async function predict(api: Api, row: HoldoutRow): Promise<Prediction> {
  const response = await fetch(api.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': api.key },
    body: JSON.stringify({ instances: [row.instance] }),
  });
  const body = await response.text();
  if (response.status !== 200) throw new Error(`the API answered ${response.status}: ${body}`);
  const answer = JSON.parse(body) as {
    modelVersion: string;
    variant: string;
    predictions: { label: string; probabilities: Record<string, number> }[];
  };
  return {
    ...answer.predictions[0]!,
    trueLabel: row.trueLabel,
    modelVersion: answer.modelVersion,
    variant: answer.variant,
  };
}

/** The command that repeats the request. */
export function curlCommand(api: Api, row: HoldoutRow): string {
  const body = JSON.stringify({ instances: [row.instance] });
  return `curl -s ${api.url} -H 'x-api-key: ${api.key}' -H 'content-type: application/json' -d '${body}'`;
}
