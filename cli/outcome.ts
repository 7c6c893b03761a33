import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import type { S3Client } from '@aws-sdk/client-s3';
import { setTimeout as sleep } from 'node:timers/promises';
import { layout } from '../lib/contract/layout';
import type { Champion, RunRecord } from '../lib/contract/run';
import { readJson } from './artifacts';

/** Time limit for the record of a failed run, which a function writes shortly after the execution's end. */
export const RECORD_PATIENCE_MS = 15_000;

/**
 * Returns the record of a finished run. A run with nothing to do has none: its output has the same fields.
 *
 * @param patienceMs time limit for a record that does not exist yet
 * @returns an empty object if the function that writes the record failed
 */
export async function runOutcome(
  s3: S3Client,
  bucket: string,
  { status, output, name }: DescribeExecutionOutput,
  patienceMs: number,
): Promise<Partial<RunRecord>> {
  const said =
    status === 'SUCCEEDED'
      ? (JSON.parse(output!) as Partial<RunRecord> & { champion?: Champion | null })
      : {};
  if (said.decision !== 'nothing-to-do') return readRecord(s3, bucket, name!, patienceMs);
  const champion = said.champion?.runId ?? null;
  return {
    ...said,
    metrics: said.champion?.metrics,
    headline: said.champion?.headline,
    championBefore: champion,
    championAfter: champion,
  };
}

async function readRecord(
  s3: S3Client,
  bucket: string,
  runId: string,
  patienceMs: number,
): Promise<Partial<RunRecord>> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const record = await readJson<RunRecord>(s3, bucket, layout.record(runId));
    if (record) return record;
    if (Date.now() >= deadline) return {};
    await sleep(100);
  }
}
