import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadArchivedModel } from './archive.ts';
import { UserError } from './errors.ts';
import { GoldenRows } from './golden.ts';
import { ScoreKeeper, type Score } from './metrics.ts';
import type { Manifest } from './manifest.ts';
import type { Model } from './model.ts';
import { likeliest } from './predictions.ts';
import { requiredVariable } from './settings.ts';
import { readTestSet, type Batch } from './test-set.ts';

/** evaluation.json. */
export interface Evaluation {
  readonly rows: number;
  readonly candidate: VersionedScore;
  /** Null if there is none; without a score if the two cannot be measured on the same rows. */
  readonly champion: VersionedScore | Incomparable | null;
}

export type VersionedScore = { readonly version: string } & Score;

export interface Incomparable {
  readonly version: string;
  readonly incomparable: string;
}

/**
 * Scores the candidate, and the champion if there is one, on the same holdout with the code that serves them;
 * writes evaluation.json, and golden.json with the rows that a deployed candidate must answer alike.
 *
 * @throws UserError if a model cannot be used, or the holdout is unreadable or empty.
 */
export async function evaluate(base: string, env: Record<string, string | undefined>): Promise<void> {
  const input = path.join(base, 'processing/input');
  const output = path.join(base, 'processing/output');
  const candidateVersion = requiredVariable(env, 'CANDIDATE_VERSION', "the candidate's version");
  const candidate = await loadArchivedModel(path.join(input, 'candidate/model.tar.gz'));
  if (!candidate) throw new UserError('candidate: there is no model.tar.gz in processing/input/candidate');
  const champion = await loadArchivedModel(path.join(input, 'champion/model.tar.gz'));
  const championVersion = champion && requiredVariable(env, 'CHAMPION_VERSION', "the champion's version");
  const incomparable = champion && difference(candidate.manifest, champion.manifest);

  const models = champion && !incomparable ? [candidate, champion] : [candidate];
  const scores = models.map(() => new ScoreKeeper(candidate.manifest.classes.length));
  const golden = new GoldenRows(candidate.manifest);
  let rows = 0;
  for await (const batch of readTestSet(path.join(input, 'test'), candidate.manifest)) {
    for (const [index, model] of models.entries()) await addBatch(scores[index]!, model, batch);
    golden.offer(batch.rows);
    rows += batch.rows.length;
  }
  if (rows === 0) {
    throw new UserError(
      'test: the holdout has no rows; raise TEST_FRACTION or give the run more data, so that some fall to "test"',
    );
  }

  const [candidateScore, championScore] = scores.map((keeper) => keeper.score());
  const evaluation: Evaluation = {
    rows,
    candidate: { version: candidateVersion, ...candidateScore! },
    champion: !championVersion
      ? null
      : incomparable
        ? { version: championVersion, incomparable }
        : { version: championVersion, ...championScore! },
  };
  await mkdir(output, { recursive: true });
  await writeJson(path.join(output, 'evaluation.json'), evaluation);
  await writeJson(path.join(output, 'golden.json'), await golden.answeredBy(candidate));
  report(evaluation);
}

async function addBatch(score: ScoreKeeper, model: Model, { rows, values }: Batch): Promise<void> {
  const classes = model.manifest.classes.length;
  const probabilities = await model.predict(values, rows.length);
  for (const [row, { label }] of rows.entries()) {
    score.add(label, likeliest(probabilities, row, classes), probabilities[row * classes + label]!);
  }
}

/** Why the two models cannot be measured on the same rows; undefined if they can. */
function difference(candidate: Manifest, champion: Manifest): string | undefined {
  const differing = (['classes', 'features'] as const).filter(
    (key) => JSON.stringify(candidate[key]) !== JSON.stringify(champion[key]),
  );
  return differing.length === 0
    ? undefined
    : differing.map((key) => `its ${key} are ${some(champion[key])}, not ${some(candidate[key])}`).join('; ');
}

/** Enough names to recognise a table by. */
function some(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} … (${names.length})`;
}

function report({ rows, candidate, champion }: Evaluation): void {
  for (const [name, result] of Object.entries({ candidate, champion })) {
    if (!result) console.log(`${name}: none`);
    else if ('incomparable' in result)
      console.log(`${name} ${result.version}: incomparable, ${result.incomparable}`);
    else {
      const interval = result.accuracyInterval.map((bound) => bound.toFixed(4)).join(', ');
      console.log(
        `${name} ${result.version}: accuracy ${result.accuracy.toFixed(4)} [${interval}], ` +
          `log loss ${result.logLoss.toFixed(4)}, macro F1 ${result.macroF1.toFixed(4)} on ${rows} rows`,
      );
    }
  }
}

async function writeJson(file: string, content: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
}
