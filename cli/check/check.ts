import { join, resolve } from 'node:path';
import { ContainerProgram, DockerfileError, type Interpreters } from 'local-cloud/programs';
import { Findings, type ClauseName, type Finding } from './clauses';
import { checkEvaluate, type Evaluated } from './evaluate';
import { Jobs } from './jobs';
import type { CheckedModel, Fixture } from './model';
import { checkPreprocess, list, type Prepared } from './preprocess';
import { checkServe } from './serve';
import { learnTableEncoding } from './table';
import { checkTrain, type Channels, type Trained } from './train';

export interface CheckOptions {
  /** Folder of the configuration, which the programs' folders are relative to. */
  readonly project: string;
  readonly fixture: Fixture;
  readonly interpreters: Interpreters;
  /** Hyperparameters besides the model's own, by their names in the configuration. */
  readonly set: Readonly<Record<string, string>>;
  /** Says what is checked next. */
  readonly progress: (text: string) => void;
  /** Seconds from SIGTERM to the end of the server. Default: 10. */
  readonly stopLimit?: number;
}

const IMAGES = {
  preprocess: 'preprocessImage',
  train: 'trainImage',
  serve: 'serveImage',
} as const satisfies Record<string, ClauseName>;
type Step = keyof typeof IMAGES;

/** Runs a model's programs on a folder in place of `/opt/ml`, and returns a finding for every clause of the contract. */
export async function check(model: CheckedModel, options: CheckOptions): Promise<Finding[]> {
  const findings = new Findings();
  const jobs = new Jobs();
  const programs: Partial<Record<Step, ContainerProgram>> = {};
  const clean = () => {
    jobs.remove();
    for (const program of Object.values(programs)) program?.remove();
  };
  // Ctrl-C ends the process at once.
  process.once('exit', clean);
  try {
    for (const step of Object.keys(IMAGES) as Step[]) programs[step] = build(step, model, options, findings);
    await checkChain(programs, model, options, jobs, findings);
  } finally {
    await jobs.stop();
    clean();
    process.off('exit', clean);
  }
  return findings.all();
}

/** Returns a program; undefined if its Dockerfile is broken. */
function build(
  step: Step,
  { programs }: CheckedModel,
  { project, interpreters }: CheckOptions,
  findings: Findings,
): ContainerProgram | undefined {
  const program = programs[step];
  if (!('folder' in program)) {
    const image = 'image' in program ? program.image : `${program.builtIn} ${program.version}`;
    findings.unchecked(IMAGES[step], `${image} is a prebuilt image; only folders can be checked`);
    return undefined;
  }
  const { folder, context = folder, baseImage } = program;
  const base = typeof baseImage === 'object' ? baseImage.cpu : baseImage;
  try {
    const made = new ContainerProgram({
      context: resolve(project, context),
      dockerfile: resolve(project, folder, 'Dockerfile'),
      buildArguments: base === undefined ? {} : { BASE_IMAGE: base },
      interpreters,
    });
    findings.held(IMAGES[step], folder);
    return made;
  } catch (error) {
    if (!(error instanceof DockerfileError)) throw error;
    findings.broken(IMAGES[step], error.message);
    return undefined;
  }
}

async function checkChain(
  { preprocess, train, serve }: Partial<Record<Step, ContainerProgram>>,
  model: CheckedModel,
  { fixture, set, progress, stopLimit = 10 }: CheckOptions,
  jobs: Jobs,
  findings: Findings,
): Promise<void> {
  if (!preprocess) return;
  progress('preprocess');
  const prepared = await checkPreprocess(preprocess, model, fixture, jobs, findings);
  if (!prepared || !train) return;
  progress('train');
  const channels = layOutChannels(prepared, fixture, jobs);
  if (typeof channels === 'string') {
    findings.broken('preprocessReport', channels);
    return;
  }
  const trained = await checkTrain(train, model, channels, set, jobs, findings);
  if (!trained) return;
  if (!serve) return judgeMetrics(model, trained, undefined, findings);
  progress('evaluate');
  const evaluated = await checkEvaluate(serve, model, prepared, trained, jobs, findings);
  judgeMetrics(model, trained, evaluated, findings);
  progress('serve');
  const serving = { modelFolder: trained.model, golden: evaluated?.golden ?? [], stopLimit };
  await checkServe(serve, model, serving, jobs, findings);
}

/** Returns the training job's channels from all shards; a text if they cannot be made. */
export function layOutChannels({ outputs }: Prepared, { schema }: Fixture, jobs: Jobs): Channels | string {
  const folder = jobs.base();
  for (const split of ['train', 'validation'])
    jobs.gather(
      outputs.map((output) => join(output, split)),
      join(folder, split),
    );
  const channels = {
    'input/data/train': { copy: join(folder, 'train') },
    'input/data/validation': { copy: join(folder, 'validation') },
  };
  if (schema === null) return channels;
  try {
    const encoding = learnTableEncoding(schema, outputs);
    return { ...channels, 'input/data/schema/encoding.json': JSON.stringify(encoding) };
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Checks that every metric was printed, apart from those of another kind of label: a model for classes and numbers has
 * metrics of both, and the evaluation tells which apply.
 */
export function judgeMetrics(
  { metrics }: CheckedModel,
  trained: Trained,
  evaluated: Evaluated | undefined,
  findings: Findings,
): void {
  const measured = evaluated?.evaluation.agreement.metrics ?? {};
  const ofOtherTask = (metrics.agreement ?? [])
    .filter(({ evaluation }) => !Object.hasOwn(measured, evaluation))
    .map(({ training }) => training);
  const required = metrics.training.filter(({ name }) => !ofOtherTask.includes(name));
  const missing = required.filter(({ name }) => !Number.isFinite(trained.metrics[name] ?? NaN));
  const problem =
    missing.length > 0
      ? `printed no value of ${list(missing.map(({ name, expression }) => `${name} (${expression})`))}`
      : undefined;
  findings.judge(
    'trainMetrics',
    problem,
    list(Object.entries(trained.metrics).map(([name, value]) => `${name} ${value}`)),
  );
}
