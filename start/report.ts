import pc from 'picocolors';
import type { Prediction } from './prediction';

/** `.local/last-run.json`: what a script reads of a run. Seconds everywhere. */
export interface LastRun {
  /** Of the execution: SUCCEEDED, FAILED, TIMED_OUT or ABORTED. */
  status: string;
  executionName: string;
  runId: string;
  /** deployed, rejected, nothing-to-do, failed or aborted. */
  decision: string;
  /** Why, in one sentence. */
  message: string;
  error: string | null;
  /** Each a number; `accuracy` among them where there was an evaluation. */
  metrics: Record<string, number>;
  accuracyInterval: readonly [number, number] | null;
  championBefore: string | null;
  championAfter: string | null;
  endpointName: string;
  /** Null where predictions are made in batches. */
  apiUrl: string | null;
  apiKey: string | null;
  prediction: Prediction | null;
  seconds: { total: number; states: Record<string, number> };
  /** What the container programs took, by job name. */
  containerSeconds: Record<string, number>;
}

const SLOWEST_STATES = 6;

const DECISIONS: Record<string, (text: string) => string> = {
  deployed: pc.green,
  'nothing-to-do': pc.cyan,
  rejected: pc.yellow,
  failed: pc.red,
  aborted: pc.red,
};

/** What points the AWS CLI and `npx mlops` at the local cloud, while it serves. */
export function cliExports(
  client: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  },
  apiUrl: string | undefined,
): string {
  const { accessKeyId, secretAccessKey } = client.credentials;
  return [
    'The AWS CLI, every SDK and npx mlops talk to this cloud with:',
    `  export AWS_ENDPOINT_URL=${client.endpoint} AWS_REGION=${client.region}`,
    `  export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
    ...(apiUrl === undefined ? [] : [`  export MLOPS_API_URL=${new URL(apiUrl).origin}`]),
    '',
  ].join('\n');
}

/** The summary for a person. */
export function summary(run: LastRun, files: { report: string; mail: string }, curl: string | null): string {
  const paint = DECISIONS[run.decision] ?? pc.red;
  const slowest = Object.entries(run.seconds.states)
    .sort(([, a], [, b]) => b - a)
    .slice(0, SLOWEST_STATES);
  return [
    '',
    `${pc.bold('Decision')}    ${paint(run.decision)}${run.error ? pc.dim(`  (${run.error})`) : ''}`,
    `            ${run.message}`,
    ...accuracyLines(run),
    `${pc.bold('Champion')}    ${run.championBefore ?? 'none'} → ${run.championAfter ?? 'none'}`,
    `${pc.bold('Seconds')}     ${run.seconds.total.toFixed(1)} in all`,
    ...slowest.map(([name, seconds]) => `            ${seconds.toFixed(1).padStart(6)}  ${name}`),
    ...predictionLines(run.prediction),
    `${pc.bold('Report')}      ${files.report}`,
    `${pc.bold('Mail')}        ${files.mail}`,
    ...(curl ? ['', `${pc.bold('Try it')}      ${curl}`] : []),
    '',
  ].join('\n');
}

function accuracyLines({ metrics, accuracyInterval }: LastRun): string[] {
  if (metrics.accuracy === undefined) return [];
  const interval = accuracyInterval
    ? `  (95 % interval ${accuracyInterval[0].toFixed(4)} to ${accuracyInterval[1].toFixed(4)}, ${metrics.holdoutRows} rows)`
    : '';
  return [`${pc.bold('Accuracy')}    ${metrics.accuracy.toFixed(4)} on the holdout${interval}`];
}

function predictionLines(prediction: Prediction | null): string[] {
  if (!prediction) return [];
  const { label, probabilities, trueLabel, modelVersion, variant } = prediction;
  const probability = ((probabilities[label] ?? 0) * 100).toFixed(1);
  return [
    `${pc.bold('Prediction')}  ${label} (${probability} %), true label ${trueLabel}; model ${modelVersion}, variant ${variant}`,
  ];
}
