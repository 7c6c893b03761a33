import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { answer, type Answers } from './answers.ts';
import { loadArchivedModel } from './archive.ts';
import { whyIncomparable } from './comparable.ts';
import { UserError } from './errors.ts';
import type { Incomparable } from './evaluation.ts';
import { report } from './evaluation-report.ts';
import { GoldenRows } from './golden.ts';
import { judge, type Contestant } from './judge.ts';
import { OldFormat } from './manifest.ts';
import type { Model } from './model.ts';
import { FirstRows } from './raw-rows.ts';
import { ScoringFiles } from './scoring-files.ts';
import { measureServing, MEASURED_REQUESTS } from './serving-metrics.ts';
import { evaluationSettings, requiredVariable, type EvaluationSettings } from './settings.ts';
import { verifyExport } from './verification.ts';

type Environment = Record<string, string | undefined>;

/** Folders that the evaluation reads and writes. */
interface Folders {
  readonly input: string;
  readonly output: string;
  /** Folder for unpacked models, removed at the end. */
  readonly work: string;
}

/**
 * Evaluates the candidate, the champion if there is one, and the naive predictor on the same holdout with the code that
 * serves models; the candidate also on the validation split, for comparison with training's own metrics. Writes
 * evaluation.json, and golden.json with rows that a deployed candidate must answer equally.
 *
 * @param startFile file that starts this program, for measuring how it serves
 * @throws UserError if a model cannot be used or computes differently than in training, a split is unreadable or empty,
 * or a variable is invalid
 */
export async function evaluate(base: string, env: Environment, startFile: string): Promise<void> {
  const settings = evaluationSettings(env);
  const work = await mkdtemp(path.join(tmpdir(), 'evaluation-'));
  const folders = {
    input: path.join(base, 'processing/input'),
    output: path.join(base, 'processing/output'),
    work,
  };
  try {
    await evaluateIn(folders, settings, env, startFile);
  } finally {
    await rm(work, { recursive: true });
  }
}

async function evaluateIn(
  folders: Folders,
  settings: EvaluationSettings,
  env: Environment,
  startFile: string,
): Promise<void> {
  const candidate = await load('candidate', folders);
  if (!candidate) throw new UserError('candidate: processing/input/candidate holds no model.tar.gz');
  const { manifest } = candidate;

  const validationFiles = await ScoringFiles.open(path.join(folders.input, 'validation'));
  const validation = required('validation', await answer('validation', validationFiles, [candidate]));
  await verifyExport(modelFolder('candidate', folders), manifest, validation);

  const files = await ScoringFiles.open(path.join(folders.input, 'test'));
  const { champion, model } = await loadChampion(candidate, files.columns, folders, env);
  const golden = new GoldenRows(manifest.encoding);
  const sample = new FirstRows(manifest.encoding.features, MEASURED_REQUESTS);
  const holdout = await answer('test', files, model ? [candidate, model] : [candidate], (block, labels) => {
    golden.observe(block, labels);
    sample.observe(block);
  });
  const evidence = {
    candidate: { version: settings.candidateVersion, manifest },
    champion,
    holdout: required('test', holdout),
    sha256: files.digest(),
    validation,
    serving: settings.measureServing
      ? await measureServing(startFile, path.join(folders.work, 'candidate'), sample.rows)
      : {},
  };
  const evaluation = judge(evidence, settings.bootstrap);
  await mkdir(folders.output, { recursive: true });
  await writeJson(path.join(folders.output, 'evaluation.json'), evaluation);
  await writeJson(
    path.join(folders.output, 'golden.json'),
    await golden.answeredBy(candidate, settings.candidateVersion),
  );
  report(evaluation);
}

function modelFolder(role: string, { work }: Folders): string {
  return path.join(work, role, 'model');
}

function load(role: string, folders: Folders): Promise<Model | undefined> {
  const archive = path.join(folders.input, role, 'model.tar.gz');
  return loadArchivedModel(archive, modelFolder(role, folders), availableParallelism());
}

/**
 * Loads the champion.
 *
 * @param columns that every file of the holdout has
 * @returns `model` only if it can be measured on the same rows as the candidate
 */
async function loadChampion(
  candidate: Model,
  columns: ReadonlySet<string>,
  folders: Folders,
  env: Environment,
): Promise<{ champion: Contestant | Incomparable | null; model?: Model }> {
  const version = () => requiredVariable(env, 'CHAMPION_VERSION', "the champion's version");
  try {
    const model = await load('champion', folders);
    if (!model) return { champion: null };
    const { manifest } = model;
    const incomparable = whyIncomparable(candidate.manifest.encoding, manifest.encoding, columns);
    if (incomparable) return { champion: { version: version(), incomparable } };
    return { champion: { version: version(), manifest }, model };
  } catch (error) {
    if (!(error instanceof OldFormat)) throw error;
    return { champion: { version: version(), incomparable: error.message } };
  }
}

/** Requires rows. @throws UserError for a split without any */
function required(split: string, answers: Answers): Answers {
  if (answers.rows > 0) return answers;
  throw new UserError(
    `${split}: the split has no rows; raise its fraction or give the run more data, so that some fall to "${split}"`,
  );
}

async function writeJson(file: string, content: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
}
