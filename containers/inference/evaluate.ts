import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadArchivedModel } from './archive.ts';
import type { BootstrapSettings } from './bootstrap.ts';
import { UserError } from './errors.ts';
import { GoldenRows } from './golden.ts';
import { Scorer } from './metrics.ts';
import { log } from './log.ts';
import type { Manifest } from './manifest.ts';
import type { Model } from './model.ts';
import { Random } from './random.ts';
import { compare, type Estimate, type Estimates, type Scores } from './scores.ts';
import { bootstrapSettings, requiredVariable } from './settings.ts';
import { readTestSet, testSetDigest } from './test-set.ts';

/** evaluation.json. */
export interface Evaluation {
  readonly holdout: {
    readonly rows: number;
    /** Of its files; the seed of the bootstrap, so that the same holdout is always resampled alike. */
    readonly sha256: string;
  };
  readonly bootstrap: BootstrapSettings;
  readonly candidate: VersionedScores;
  /** Null if there is none; without scores if the two cannot be measured on the same rows. */
  readonly champion: VersionedScores | Incomparable | null;
  /** Candidate − champion, metric by metric; null where the champion has no scores. */
  readonly differences: Estimates | null;
}

export type VersionedScores = { readonly version: string } & Scores;

export interface Incomparable {
  readonly version: string;
  readonly incomparable: string;
}

/**
 * Scores the candidate, and the champion if there is one, on the same holdout with the code that serves them;
 * writes evaluation.json, and golden.json with the rows that a deployed candidate must answer alike.
 *
 * @throws UserError if a model cannot be used, the holdout is unreadable or empty, or a variable is wrong.
 */
export async function evaluate(base: string, env: Record<string, string | undefined>): Promise<void> {
  const input = path.join(base, 'processing/input');
  const output = path.join(base, 'processing/output');
  const settings = bootstrapSettings(env);
  const candidateVersion = requiredVariable(env, 'CANDIDATE_VERSION', "the candidate's version");
  const candidate = await loadArchivedModel(path.join(input, 'candidate/model.tar.gz'));
  if (!candidate) throw new UserError('candidate: there is no model.tar.gz in processing/input/candidate');
  const champion = await loadArchivedModel(path.join(input, 'champion/model.tar.gz'));
  const championVersion = champion && requiredVariable(env, 'CHAMPION_VERSION', "the champion's version");
  const incomparable = champion && difference(candidate.manifest, champion.manifest);

  const testSet = path.join(input, 'test');
  const { classes } = candidate.manifest;
  const golden = new GoldenRows(candidate.manifest);
  const models = champion && !incomparable ? [candidate, champion] : [candidate];
  const [candidateScorer, championScorer] = await score(models, testSet, golden);
  const sha256 = await testSetDigest(testSet);
  const compared = compare(classes, candidateScorer!, championScorer, settings, Random.fromDigest(sha256));

  const evaluation: Evaluation = {
    holdout: { rows: candidateScorer!.rows, sha256 },
    bootstrap: settings,
    candidate: { version: candidateVersion, ...compared.candidate },
    champion: !championVersion
      ? null
      : incomparable
        ? { version: championVersion, incomparable }
        : { version: championVersion, ...compared.champion! },
    differences: compared.differences,
  };
  await mkdir(output, { recursive: true });
  await writeJson(path.join(output, 'evaluation.json'), evaluation);
  await writeJson(path.join(output, 'golden.json'), await golden.answeredBy(candidate));
  report(evaluation);
}

/**
 * Lets the models answer the rows in `testSet`, and offers these to `golden`. Keeps labels and probabilities, 4 bytes
 * each, and no features.
 */
async function score(models: readonly Model[], testSet: string, golden: GoldenRows): Promise<Scorer[]> {
  const { manifest } = models[0]!;
  const labels: number[] = [];
  const probabilities = models.map((): Float32Array[] => []);
  for await (const { rows, values } of readTestSet(testSet, manifest)) {
    for (const [index, model] of models.entries()) {
      probabilities[index]!.push(await model.predict(values, rows.length));
    }
    for (const { label } of rows) labels.push(label);
    golden.offer(rows);
  }
  if (labels.length === 0) {
    throw new UserError(
      'test: the holdout has no rows; raise TEST_FRACTION or give the run more data, so that some fall to "test"',
    );
  }
  return probabilities.map(
    (batches) => new Scorer(Int32Array.from(labels), concatenate(batches), manifest.classes.length),
  );
}

function concatenate(batches: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(batches.reduce((total, { length }) => total + length, 0));
  let filled = 0;
  for (const batch of batches) {
    all.set(batch, filled);
    filled += batch.length;
  }
  return all;
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

function report({ holdout, candidate, champion, differences }: Evaluation): void {
  log('INFO', `holdout: ${holdout.rows} rows`);
  for (const [name, result] of Object.entries({ candidate, champion })) {
    if (!result) log('INFO', `${name}: none`);
    else if ('incomparable' in result)
      log('INFO', `${name} ${result.version}: incomparable, ${result.incomparable}`);
    else log('INFO', `${name} ${result.version}: ${listed(result.metrics)}`);
  }
  if (differences) log('INFO', `candidate − champion: ${listed(differences)}`);
}

function listed(estimates: Estimates): string {
  const number = (value: number | null) => value?.toFixed(4) ?? 'undefined';
  return Object.entries(estimates)
    .map(
      ([name, { value, interval }]: [string, Estimate]) =>
        `${name} ${number(value)}${interval ? ` [${interval.map(number).join(', ')}]` : ''}`,
    )
    .join(', ');
}

async function writeJson(file: string, content: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
}
