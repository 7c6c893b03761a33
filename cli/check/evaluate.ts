import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerProgram } from 'local-cloud/programs';
import { create } from 'tar';
import type { GoldenRequest } from '../../lib/contract/golden';
import { metricOf } from '../../lib/contract/metrics';
import type { Findings } from './clauses';
import { evaluationForm, goldenForm, type Estimates, type Evaluation } from './forms';
import { describeEnd, failureProblem, readJson, type Ended, type Jobs } from './jobs';
import type { CheckedModel } from './model';
import { list, type Prepared } from './preprocess';
import type { Trained } from './train';

const WRITES = ['processing/output', 'output'];
/** Training prints six significant digits. */
const ROUNDING = 1e-6;
/** Resamples that no program has as its own default. */
const RESAMPLES = 300;
export const CANDIDATE = 'check-candidate';
const CHAMPION = 'check-champion';

/** What evaluation left for serving. */
export interface Evaluated {
  readonly golden: readonly GoldenRequest[];
  readonly evaluation: Evaluation;
}

/**
 * Checks the evaluation of a trained model, without a champion and with itself as champion.
 *
 * @returns undefined if there is nothing to go on with
 */
export async function checkEvaluate(
  program: ContainerProgram,
  model: CheckedModel,
  { outputs }: Prepared,
  trained: Trained,
  jobs: Jobs,
  findings: Findings,
): Promise<Evaluated | undefined> {
  const evaluate = async (candidate: boolean, champion: boolean): Promise<{ ended: Ended; base: string }> => {
    const base = jobs.base();
    const input = join(base, 'processing/input');
    for (const split of ['validation', 'test'])
      jobs.gather(
        outputs.map((output) => join(output, 'scoring', split)),
        join(input, split),
      );
    if (candidate) pack(trained.model, join(input, 'candidate'));
    if (champion) pack(trained.model, join(input, 'champion'));
    const ended = await jobs.run(program, base, {
      arguments: ['evaluate'],
      environment: {
        CANDIDATE_VERSION: CANDIDATE,
        ...(champion && { CHAMPION_VERSION: CHAMPION }),
        BOOTSTRAP_CONFIDENCE: String(model.gate.confidence),
        BOOTSTRAP_RESAMPLES: String(RESAMPLES),
      },
      writes: WRITES,
    });
    return { ended, base };
  };

  const without = await evaluate(false, false);
  findings.judge('evaluateFault', failureProblem(without.ended, without.base, 'output/message'));
  const [alone, both] = [await evaluate(true, false), await evaluate(true, true)];
  const strayed = [...alone.ended.strayed, ...both.ended.strayed];
  findings.judge('evaluateFolders', strayed.length > 0 ? `changed ${list(strayed)}` : undefined);
  const [first, second] = [readEvaluation(alone), readEvaluation(both)];
  const problem =
    (typeof first === 'string' && `without a champion: ${first}`) ||
    (typeof second === 'string' && `with a champion: ${second}`) ||
    (typeof first !== 'string' && first.champion !== null
      ? '"champion" is not null without a champion'
      : undefined);
  if (
    !findings.judge('evaluateForm', problem || undefined) ||
    typeof first === 'string' ||
    typeof second === 'string'
  ) {
    return undefined;
  }
  findings.judge('evaluateSettings', settingsProblem(model, second));
  findings.judge(
    'evaluateMetrics',
    metricsProblem(model, second),
    `${second.holdout.rows} rows in the holdout`,
  );
  findings.judge('evaluateChampion', championProblem(second));
  const compared = agreementProblem(model, trained, second);
  if (compared) findings.judge('evaluateAgreement', compared.problem, compared.how);
  const golden = readGolden(model, alone.base);
  if (typeof golden === 'string') findings.broken('evaluateGolden', golden);
  else findings.held('evaluateGolden', `${golden.length} requests`);
  return { evaluation: second, golden: typeof golden === 'string' ? [] : golden };
}

/** Packs a model as SageMaker does. */
function pack(model: string, target: string): void {
  mkdirSync(target, { recursive: true });
  create({ gzip: true, sync: true, file: join(target, 'model.tar.gz'), cwd: model }, ['.']);
}

function readEvaluation({ ended, base }: { ended: Ended; base: string }): Evaluation | string {
  if (ended.status !== 0) return describeEnd(ended);
  try {
    return evaluationForm(readJson(join(base, 'processing/output'), 'evaluation.json'));
  } catch (error) {
    return (error as Error).message;
  }
}

function readGolden({ api }: CheckedModel, base: string): GoldenRequest[] | string {
  try {
    const golden = goldenForm(readJson(join(base, 'processing/output'), 'golden.json'));
    const accepted = api.accepts.map(({ contentType }) => contentType);
    const other = golden.find(({ contentType }) => !accepted.includes(contentType));
    if (other) return `a request is of ${other.contentType}; api.accepts has ${accepted.join(', ')}`;
    return golden;
  } catch (error) {
    return (error as Error).message;
  }
}

function settingsProblem(
  { gate }: CheckedModel,
  { bootstrap, candidate, champion }: Evaluation,
): string | undefined {
  const wanted = {
    confidence: gate.confidence,
    resamples: RESAMPLES,
    candidate: CANDIDATE,
    champion: CHAMPION,
  };
  const given = {
    confidence: bootstrap.confidence,
    resamples: bootstrap.resamples,
    candidate: candidate.version,
    champion: champion?.version,
  };
  const name = (Object.keys(wanted) as (keyof typeof wanted)[]).find((each) => wanted[each] !== given[each]);
  return (
    name && `${name} is ${JSON.stringify(given[name])}; the variable has ${JSON.stringify(wanted[name])}`
  );
}

function metricsProblem({ metrics, gate }: CheckedModel, evaluation: Evaluation): string | undefined {
  const required = [
    ...(metrics.headline === null ? [] : [metrics.headline]),
    ...(gate.metrics ?? []).map(({ name }) => name),
  ].filter((name) => !metricOf(name, metrics)?.onRequest);
  const { champion } = evaluation;
  const compared = champion !== null && 'metrics' in champion;
  for (const name of new Set(required)) {
    if (!isFinite(evaluation.candidate.metrics, name)) return `candidate.metrics has no finite ${name}`;
    if (!metricOf(name, metrics)?.naive) continue;
    if (!isFinite(evaluation.naive.metrics, name)) return `naive.metrics has no finite ${name}`;
    if (!hasInterval(evaluation.advantages, name)) return `advantages has no ${name} with an interval`;
    if (compared && !hasInterval(evaluation.differences, name))
      return `differences has no ${name} with an interval`;
  }
  // Where the gate follows from the data, one metric at least must be comparable with the naive answer.
  const comparable = Object.entries(metrics.evaluation).filter(
    ([name, { naive }]) => naive && hasInterval(evaluation.advantages, name),
  );
  return comparable.length > 0
    ? undefined
    : 'advantages has none of the metrics of metrics.evaluation with an interval';
}

function isFinite(estimates: Estimates | null, name: string): boolean {
  return Number.isFinite(estimates?.[name]?.value ?? NaN);
}

function hasInterval(estimates: Estimates | null, name: string): boolean {
  return isFinite(estimates, name) && (estimates?.[name]?.interval?.every(Number.isFinite) ?? false);
}

function championProblem({ champion, candidate, differences }: Evaluation): string | undefined {
  if (champion === null) return '"champion" is null, though there is one';
  if ('incomparable' in champion)
    return `the same model is incomparable with itself: ${champion.incomparable}`;
  for (const [name, { value }] of Object.entries(candidate.metrics)) {
    const other = champion.metrics[name]?.value;
    // Latency and memory are measured of the candidate only.
    if (other === undefined) continue;
    if (other !== value) return `${name} is ${value} as candidate, ${other} as champion`;
    const difference = differences?.[name];
    if (difference?.interval?.some((bound) => bound !== 0)) {
      return `the difference in ${name} has the interval ${JSON.stringify(difference.interval)}, not [0, 0]`;
    }
  }
  return undefined;
}

/**
 * Returns the metric in which training and evaluation differ by more than the gate's tolerance; undefined if training
 * printed none, which is a fault of training.
 */
function agreementProblem(
  { metrics, gate }: CheckedModel,
  trained: Trained,
  { agreement }: Evaluation,
): { problem: string | undefined; how?: string } | undefined {
  if (metrics.agreement === null) return { problem: undefined, how: 'the configuration compares no metric' };
  const measured = metrics.agreement.filter((pair) => Object.hasOwn(agreement.metrics, pair.evaluation));
  if (measured.length === 0) {
    const names = metrics.agreement.map((pair) => pair.evaluation);
    return { problem: `agreement.metrics has none of ${list(names)}` };
  }
  for (const { evaluation, training, difference } of measured) {
    const own = trained.metrics[training];
    if (own === undefined) return undefined;
    const served = agreement.metrics[evaluation] ?? NaN;
    const scale = difference === 'absolute' ? 1 : Math.max(Math.abs(served), Math.abs(own));
    if (!(Math.abs(served - own) <= gate.trainingTolerance * scale + ROUNDING)) {
      return { problem: `${evaluation} is ${served} by the serving code, ${training} is ${own} by training` };
    }
  }
  return {
    problem: undefined,
    how: measured.map(({ evaluation }) => `${evaluation} ${agreement.metrics[evaluation]}`).join(', '),
  };
}
