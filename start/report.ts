import type { Colors } from '../cli/colors';
import { escapeText } from '../containers/table/escape.ts';
import { ErrorName } from '../lib/contract/errors';
import { whereTheGateIs, type Verdict } from '../lib/contract/gate';
import { showNumber, showVerdict } from '../lib/contract/metric-text';
import type { Headline } from '../lib/contract/run';
import type { Prediction } from './prediction';

/** `.local/last-run.json`, the result of a run for scripts. All durations are seconds. */
export interface LastRun {
  /** The execution's status: SUCCEEDED, FAILED, TIMED_OUT or ABORTED. */
  status: string;
  executionName: string;
  model: string;
  runId: string;
  /** deployed, rejected, restored, nothing-to-do, failed or aborted. */
  decision: string;
  /** The reason, one sentence. */
  message: string;
  error: string | null;
  /** Finite numbers; empty if no model was evaluated. */
  metrics: Record<string, number>;
  /** The headline metric, with the values of the naive answer and the champion. */
  headline: Headline | null;
  /** The gate's requirements and results. */
  verdicts: readonly Verdict[];
  /** Warnings about the data. */
  warnings: readonly string[];
  championBefore: string | null;
  championAfter: string | null;
  endpointName: string;
  /** Null for batch serving. */
  apiUrl: string | null;
  apiKey: string | null;
  prediction: Prediction | null;
  seconds: { total: number; states: Record<string, number> };
  /** Seconds of the container programs, by job name. */
  containerSeconds: Record<string, number>;
}

const SLOWEST_STATES = 6;

const DECISIONS: Record<string, 'green' | 'cyan' | 'yellow' | 'red'> = {
  deployed: 'green',
  'nothing-to-do': 'cyan',
  restored: 'green',
  rejected: 'yellow',
  failed: 'red',
  aborted: 'red',
};

/** Returns the shell commands that point the AWS CLI and `npx mlops` to the local cloud. */
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
    'To use the AWS CLI, an SDK or npx mlops with this local cloud:',
    `  export AWS_ENDPOINT_URL=${client.endpoint} AWS_REGION=${client.region}`,
    `  export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
    ...(apiUrl === undefined ? [] : [`  export MLOPS_API_URL=${new URL(apiUrl).origin}`]),
    '',
  ].join('\n');
}

/** Returns the summary that is shown after a run. */
export function summary(
  run: LastRun,
  files: { report: string; mail: string },
  curl: string | null,
  colors: Colors,
): string {
  const paint = colors[DECISIONS[run.decision] ?? 'red'];
  const slowest = Object.entries(run.seconds.states)
    .sort(([, a], [, b]) => b - a)
    .slice(0, SLOWEST_STATES);
  return [
    '',
    `${colors.bold('Decision')}    ${paint(run.decision)}${run.error ? colors.dim(`  (${run.error})`) : ''}`,
    ...indented(run.message),
    ...(run.error === ErrorName.ModelRejected ? indented(whatToTry(run)) : []),
    ...gateLines(run, colors),
    ...run.warnings.map((warning) => `${colors.yellow('Warning')}     ${escapeText(warning, 2_000)}`),
    `${colors.bold('Champion')}    ${run.championBefore ?? 'none'} → ${run.championAfter ?? 'none'}`,
    `${colors.bold('Seconds')}     ${run.seconds.total.toFixed(1)} in total`,
    ...slowest.map(([name, seconds]) => `            ${seconds.toFixed(1).padStart(6)}  ${name}`),
    ...predictionLines(run.prediction, colors),
    `${colors.bold('Report')}      ${files.report}`,
    `${colors.bold('Mail')}        ${files.mail}`,
    ...(curl ? ['', `${colors.bold('Try it')}      ${curl}`] : []),
    '',
  ].join('\n');
}

const INDENT = ' '.repeat(12);

function indented(text: string): string[] {
  return text.split('\n').map((line) => `${INDENT}${escapeText(line, 4_000)}`);
}

/** Returns advice after a rejection: where the threshold is set, a threshold to try, or how to use another table. */
function whatToTry({ verdicts, championBefore, headline, model }: LastRun): string {
  if (championBefore !== null && headline?.champion === null && verdicts.every(({ passed }) => passed)) {
    return "If this is another table than the champion's, delete the local champion: npm start -- --fresh …";
  }
  const missed = verdicts.find(
    ({ passed, threshold, value }) => !passed && threshold !== null && value !== null,
  );
  if (!missed) return whereTheGateIs(model);
  if (!beatsNaive(missed))
    return 'A lower threshold does not help: a model must be better than the naive answer.';
  return `${whereTheGateIs(model)} To try another threshold on this machine: npm start -- --gate ${missed.name}=${reachable(missed)}`;
}

/** Returns true if the model is better than the naive answer at the worse bound of the interval, or there is no interval. */
function beatsNaive({ naive, direction }: Verdict): boolean {
  if (!naive) return true;
  const [low, high] = naive.interval ?? [0, 0];
  return direction === 'higher' ? low > 0 : high < 0;
}

/** Returns a threshold with two digits that the model reaches. */
function reachable({ value, direction }: Verdict): number {
  const step = 10 ** (Math.floor(Math.log10(Math.abs(value!) || 1)) - 1);
  const rounded = (direction === 'higher' ? Math.floor(value! / step) : Math.ceil(value! / step)) * step;
  return Number(rounded.toPrecision(2));
}

/** Returns a line for each metric of the gate. */
function gateLines({ verdicts, metrics }: LastRun, colors: Colors): string[] {
  const rows = metrics.holdoutRows === undefined ? '' : colors.dim(`  (${metrics.holdoutRows} holdout rows)`);
  return verdicts.map(
    (verdict, index) =>
      `${colors.bold((index === 0 ? 'Gate' : '').padEnd(11))} ${escapeText(verdict.name)} ${showVerdict(verdict)}${index === 0 ? rows : ''}`,
  );
}

function predictionLines(prediction: Prediction | null, colors: Colors): string[] {
  if (!prediction) return [];
  const { answer, difference, variant, modelVersion } = prediction;
  const truth = 'trueLabel' in prediction ? `, true label ${shown(prediction.trueLabel)}` : '';
  const by = modelVersion === null ? '' : `; model ${escapeText(modelVersion)}`;
  return [
    `${colors.bold('Prediction')}  ${describeAnswer(answer)}${truth}${by}${variant ? `, variant ${variant}` : ''}`,
    ...(difference === null
      ? []
      : [`            ${colors.red(`differs from the evaluation: ${escapeText(difference, 400)}`)}`]),
  ];
}

/** Returns one prediction of the shipped form as `malignant (100.0 %)`, anything else as JSON. */
function describeAnswer(answer: unknown): string {
  const list = (answer as { predictions?: unknown } | null)?.predictions;
  const one = Array.isArray(list) && list.length === 1 ? (list[0] as unknown) : answer;
  const { label, probabilities, value } = (one ?? {}) as Record<string, unknown>;
  if (value !== undefined && Object.keys(one as object).length === 1) return shown(value);
  const share = (probabilities as Record<string, unknown> | undefined)?.[String(label)];
  if (label !== undefined) {
    return `${shown(label)}${typeof share === 'number' ? ` (${(share * 100).toFixed(1)} %)` : ''}`;
  }
  return shown(one);
}

function shown(value: unknown): string {
  if (typeof value === 'number') return showNumber(value);
  return escapeText(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'), 200);
}
