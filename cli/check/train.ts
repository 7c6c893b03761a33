import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerProgram } from 'local-cloud/programs';
import type { Findings } from './clauses';
import { describeEnd, digests, failureProblem, type Ended, type Jobs } from './jobs';
import { trainingHyperparameters, type CheckedModel } from './model';
import { list } from './preprocess';

const JOB = { arguments: ['train'], writes: ['model', 'checkpoints', 'output'] };
/** SageMaker sends SIGKILL 120 s after SIGTERM. */
const STOP_SECONDS = 120;
/** Hyperparameters with one of these words make a training longer. */
const LENGTH = /(^|[._])(epochs|rounds|steps|iterations|max_iter|n_estimators)$/;
const LONGER = 10;
/** Equal trainings differ at most by the last digit that was printed. */
const EQUAL = 1e-6;

/** A finished training. */
export interface Trained {
  /** Folder with the model's files. */
  readonly model: string;
  /** Last printed value of each metric. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Files of the training job's channels, as {@link Jobs.base} takes them. */
export type Channels = Readonly<Record<string, { readonly copy: string } | string>>;

/**
 * Checks training.
 *
 * @param channels by path below the job's folder
 * @param set hyperparameters besides the model's own
 * @returns undefined if there is nothing to go on with
 */
export async function checkTrain(
  program: ContainerProgram,
  model: CheckedModel,
  channels: Channels,
  set: Readonly<Record<string, string>>,
  jobs: Jobs,
  findings: Findings,
): Promise<Trained | undefined> {
  const layOut = (hyperparameters: Readonly<Record<string, string>>, data: Channels = channels) =>
    jobs.base({
      ...data,
      'input/config/hyperparameters.json': JSON.stringify(hyperparameters),
      'input/config/resourceconfig.json': JSON.stringify({ current_host: 'algo-1', hosts: ['algo-1'] }),
      'input/config/checkpointconfig.json': JSON.stringify({ LocalPath: '/opt/ml/checkpoints' }),
    });
  const hyperparameters = trainingHyperparameters(model, set);

  const wrong = wrongHyperparameter(model, hyperparameters);
  const refusing = layOut(wrong.values);
  const refused = await jobs.run(program, refusing, JOB);
  findings.judge(
    'trainHyperparameter',
    failureProblem(refused, refusing, 'output/failure', { statuses: [1], names: wrong.name }),
  );
  const emptied = layOut(hyperparameters, {});
  findings.judge(
    'trainFault',
    failureProblem(await jobs.run(program, emptied, JOB), emptied, 'output/failure'),
  );

  const base = layOut(hyperparameters);
  const ended = await jobs.run(program, base, JOB);
  findings.judge('trainFolders', ended.strayed.length > 0 ? `changed ${list(ended.strayed)}` : undefined);
  const files = [...digests(join(base, 'model')).keys()];
  const problem =
    ended.status !== 0
      ? describeEnd(ended)
      : files.length === 0
        ? 'ended with 0 and wrote no model'
        : undefined;
  if (!findings.judge('trainModel', problem, list(files))) return undefined;

  await checkInterruption({ model, program, jobs, findings, layOut, hyperparameters, whole: ended });
  return { model: join(base, 'model'), metrics: finalMetrics(model, ended.lines) };
}

interface Interruption {
  readonly model: CheckedModel;
  readonly program: ContainerProgram;
  readonly jobs: Jobs;
  readonly findings: Findings;
  readonly layOut: (hyperparameters: Readonly<Record<string, string>>) => string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** The training without interruption. */
  readonly whole: Ended;
}

/** Interrupts a training; a longer one if that ended too early. */
async function checkInterruption(interruption: Interruption): Promise<void> {
  if (await interrupt(interruption)) return;
  const { model, program, jobs, findings, layOut } = interruption;
  const hyperparameters = longer(model, interruption.hyperparameters);
  const whole = await jobs.run(program, layOut(hyperparameters), JOB);
  if (whole.status === 0 && (await interrupt({ ...interruption, hyperparameters, whole }))) return;
  const how = 'the training ended before it could be interrupted; give it more to do with --set';
  for (const name of ['trainStop', 'trainResume'] as const) findings.unchecked(name, how);
}

/** Number of the line with metrics, or else share of the training's time, at which it is stopped; then the next one. */
const MOMENTS = { line: [1, 3], time: [0.5, 0.8] };

/** Stops a training and continues it. @returns false if it ended before */
async function interrupt(interruption: Interruption): Promise<boolean> {
  const { model, program, jobs, findings, layOut, hyperparameters, whole } = interruption;
  const printsOnTheWay = valuesPrinted(model, whole.lines) > valuesPrinted(model, lastOf(model, whole.lines));
  const moments = MOMENTS[printsOnTheWay ? 'line' : 'time'];
  for (const moment of moments) {
    const base = layOut(hyperparameters);
    const running = jobs.start(program, base, JOB);
    await new Promise<void>((resolve) => {
      let lines = 0;
      if (printsOnTheWay) {
        running.onLine((line) => {
          if (valuesPrinted(model, [line]) > 0 && ++lines === moment) resolve();
        });
      } else setTimeout(resolve, whole.seconds * 1000 * moment);
      void running.ended.then(() => resolve());
    });
    const asked = performance.now();
    await running.process.stop();
    const stopped = await running.ended;
    if (stopped.status === 0) return false;
    const seconds = (performance.now() - asked) / 1000;
    findings.judge('trainStop', stopProblem(stopped, seconds, base), `after ${seconds.toFixed(1)} s`);
    // A program that is stopped before its first step has nothing to save: it is given more time.
    if (digests(join(base, 'checkpoints')).size === 0) continue;

    // A model that was written before the signal is not the resumed training's.
    rmSync(join(base, 'model'), { recursive: true, force: true });
    findings.judge('trainResume', resumeProblem(model, whole, await jobs.run(program, base, JOB)));
    return true;
  }
  return true;
}

function stopProblem(stopped: Ended, seconds: number, base: string): string | undefined {
  if (seconds > STOP_SECONDS)
    return `ended ${seconds.toFixed(0)} s after SIGTERM; SageMaker sends SIGKILL after 120 s`;
  if (stopped.status !== 143) return `SIGTERM ${describeEnd(stopped)}`;
  if (digests(join(base, 'checkpoints')).size === 0) return 'left no checkpoint';
  const files = [...digests(join(base, 'model')).keys()];
  return files.length > 0 ? `left ${list(files)} in model, which is not trained to its end` : undefined;
}

function resumeProblem(model: CheckedModel, whole: Ended, resumed: Ended): string | undefined {
  if (resumed.status !== 0) return describeEnd(resumed);
  const [before, after] = [finalMetrics(model, whole.lines), finalMetrics(model, resumed.lines)];
  for (const [name, value] of Object.entries(before)) {
    const again = after[name];
    if (again === undefined || !(Math.abs(again - value) <= EQUAL * Math.max(1, Math.abs(value)))) {
      return `${name} is ${value} without an interruption, ${again ?? 'not printed'} with one`;
    }
  }
  const [all, rest] = [valuesPrinted(model, whole.lines), valuesPrinted(model, resumed.lines)];
  return rest >= all && all > Object.keys(before).length
    ? `printed ${rest} values of metrics, as many as without an interruption: it began again`
    : undefined;
}

/** Returns a wrong value of a hyperparameter, or an unknown one if the model has none with limits. */
function wrongHyperparameter(
  model: CheckedModel,
  values: Readonly<Record<string, string>>,
): { name: string; values: Record<string, string> } {
  const limited = Object.entries(model.hyperparameters).find(
    ([name, { kind }]) => name.startsWith('training.') && kind !== 'text',
  );
  const name = limited ? limited[0].slice('training.'.length) : 'no_such_hyperparameter';
  return { name, values: { ...values, [name]: 'not-a-value' } };
}

/** Returns hyperparameters that make the training longer. */
function longer(
  { hyperparameters }: CheckedModel,
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const definition = hyperparameters[`training.${name}`];
      if (definition?.kind !== 'integer' || !LENGTH.test(name) || Number(value) <= 0) return [name, value];
      return [name, String(Math.min(Number(value) * LONGER, definition.max))];
    }),
  );
}

/** Returns the last value that was printed of each metric, by the expressions of the configuration. */
export function finalMetrics({ metrics }: CheckedModel, lines: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { name, expression } of metrics.training) {
    const values = lines.flatMap((line) =>
      Array.from(line.matchAll(new RegExp(expression, 'g')), ([, value]) => value),
    );
    if (values.length > 0) found[name] = Number(values.at(-1));
  }
  return found;
}

function valuesPrinted({ metrics }: CheckedModel, lines: readonly string[]): number {
  const of = (expression: string) =>
    lines.reduce((sum, line) => sum + Array.from(line.matchAll(new RegExp(expression, 'g'))).length, 0);
  return metrics.training.reduce((sum, { expression }) => sum + of(expression), 0);
}

/** Returns the last line that has a metric. */
function lastOf(model: CheckedModel, lines: readonly string[]): string[] {
  return lines.filter((line) => valuesPrinted(model, [line]) > 0).slice(-1);
}
