import { escapeText } from '../../containers/table/escape.ts';
import { ErrorName } from '../../lib/contract/errors';
import { whereTheGateIs } from '../../lib/contract/gate';
import { showNumber, showVerdict } from '../../lib/contract/metric-text';
import type { RunCost, RunRecord } from '../../lib/contract/run';
import { triggerText, type RunTrigger } from '../../lib/contract/triggers';

/** A mail: SNS allows subjects of 100 ASCII characters without line breaks. */
export interface Message {
  readonly subject: string;
  readonly body: string;
}

const MAX_SUBJECT = 100;

export interface StartedRun {
  readonly environment: string;
  readonly model: string;
  readonly runId: string;
  readonly executionArn: string;
  /** Reason for the run. */
  readonly reason: string;
  readonly trigger: RunTrigger;
  readonly objects: number;
  /** Keys below the data's prefix that are not data files. */
  readonly ignored: readonly string[];
  readonly shards: number;
  readonly champion: string | null;
  /** Why the run restores the endpoint before it trains; null if it does not. */
  readonly restoring?: string | null;
  readonly warnings?: readonly string[];
}

export function startedMessage(run: StartedRun): Message {
  return {
    subject: subject(run, 'started', run.runId),
    body: lines(
      `Run ${run.runId} started: ${run.reason}`,
      '',
      `Trigger:       ${triggerText(run.trigger)}`,
      `Training data: ${run.objects} objects in ${run.shards} shards`,
      ...(run.ignored.length > 0 ? [`Ignored:       ${ignoredText(run.ignored)}`] : []),
      `Champion:      ${run.champion ?? 'none yet'}`,
      ...(run.restoring ? [`Restores it:   ${run.restoring}`] : []),
      ...(run.warnings ?? []).map((warning) => `Warning:       ${warning}`),
      '',
      ...lookFurther(run.executionArn),
    ),
  };
}

const IGNORED_NAMED = 5;

/** Returns the ignored keys, by name, e.g. `README.md and 2 more`. */
export function ignoredText(keys: readonly string[]): string {
  const more = keys.length - IGNORED_NAMED;
  const named = keys.slice(0, IGNORED_NAMED).map((key) => escapeText(key));
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''} (not data files)`;
}

/** Returns the message on a run's end; its sentence is the record's. */
export function outcomeMessage(record: RunRecord): Message {
  const metrics = Object.entries(record.metrics).map(([name, value]) => `  ${name}: ${showNumber(value)}`);
  const gate = record.verdicts?.map((verdict) => `  ${verdict.name} ${showVerdict(verdict)}`) ?? [];
  const warnings = record.warnings?.map((warning) => `  - ${warning}`) ?? [];
  return {
    subject: subject(record, record.decision, record.runId),
    body: lines(
      `Run ${record.runId} ${headline(record)}`,
      '',
      ...(record.error ? [`Error: ${record.error}`] : []),
      record.message,
      '',
      ...(warnings.length > 0 ? ['Warnings:', ...warnings, ''] : []),
      ...(gate.length > 0 ? ['Requirements of the gate:', ...gate] : []),
      ...(record.error === ErrorName.ModelRejected ? [whereTheGateIs(record.model)] : []),
      ...(metrics.length > 0 ? ['Metrics:', ...metrics] : []),
      ...(record.cost ? costLines(record.cost) : []),
      `Trigger:         ${triggerText(record.trigger)}`,
      `Champion before: ${record.championBefore ?? 'none'}`,
      `Champion now:    ${record.championAfter ?? 'none'}`,
      '',
      ...lookFurther(record.executionArn),
    ),
  };
}

/** Lists costs. Unknown costs, without a price or of a stopped job, are marked: the sum excludes them. */
function costLines({ usd, parts, spotSavings, pricesOf }: RunCost): string[] {
  if (parts.length === 0) return [];
  const unknown = parts.some((part) => part.usd === null);
  const saved = spotSavings === null ? '' : `, Spot saved ${spotSavings.toFixed(0)} % of the training price`;
  return [
    `Cost of its jobs: ${usd.toFixed(4)} USD${unknown ? ' plus unknown costs' : ''}${saved} (prices of ${pricesOf})`,
    ...parts.map((part) => `  ${part.what}: ${partText(part)}`),
  ];
}

function partText({ jobs, on, seconds, usd }: RunCost['parts'][number]): string {
  const times = jobs === 1 ? '' : `${jobs} × `;
  const long = seconds === null ? 'stopped, time unknown' : `${seconds.toFixed(0)} s`;
  const price = usd === null ? (seconds === null ? 'cost unknown' : 'no price') : `${usd.toFixed(4)} USD`;
  return `${times}${on ?? 'type unknown'}, ${long}: ${price}`;
}

const HEADLINES: Record<RunRecord['decision'], string> = {
  deployed: 'deployed a new model.',
  testing: 'is testing its model against the champion. Decide with mlops promote or mlops rollback.',
  rejected: 'trained a model that missed the gate. Production is unchanged.',
  'nothing-to-do': 'found nothing to do.',
  restored: 'restored the endpoint: it serves the champion again.',
  failed: 'failed. Production is unchanged.',
  aborted: 'was aborted. Production is unchanged.',
};

function headline({ decision, error, runId, championAfter }: RunRecord): string {
  if (decision === 'failed' && championAfter === runId)
    return 'failed after it had deployed its model, which is in production.';
  if (error === ErrorName.ApprovalDenied)
    return 'trained a model that was not approved. Production is unchanged.';
  if (error === ErrorName.EndpointNotRestored) return 'could not restore the endpoint.';
  return HEADLINES[decision];
}

export function lookFurther(executionArn: string): string[] {
  const region = executionArn.split(':')[3];
  return [
    'Details:',
    `  https://${region}.console.aws.amazon.com/states/home?region=${region}#/v2/executions/details/${executionArn}`,
    `  aws stepfunctions get-execution-history --reverse-order --execution-arn ${executionArn}`,
  ];
}

export function subject(
  { model, environment }: { readonly model: string; readonly environment: string },
  what: string,
  runId: string,
): string {
  return `[${model}-${environment}] ${what}: ${runId}`.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_SUBJECT);
}

export function lines(...text: string[]): string {
  return `${text.join('\n')}\n`;
}
