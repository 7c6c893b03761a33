import type { Answers } from './answers.ts';
import { affordableResamples, type BootstrapSettings } from './bootstrap.ts';
import { ClassScorer } from './class-scorer.ts';
import { contest, type ContestClasses } from './contest.ts';
import type { Evaluation, Incomparable, VersionedScores } from './evaluation.ts';
import type { Manifest } from './manifest.ts';
import type { Scorer } from './metrics.ts';
import { Random } from './random.ts';
import { Comparison, type Estimates } from './scores.ts';

/** A model and the version that people know it by. */
export interface Contestant {
  readonly version: string;
  readonly manifest: Manifest;
}

export interface Evidence {
  readonly candidate: Contestant;
  /** Null if there is none. */
  readonly champion: Contestant | Incomparable | null;
  /** The candidate's answers to the holdout, and then the champion's if it can be compared. */
  readonly holdout: Answers;
  /** Of the holdout's files. */
  readonly sha256: string;
  /** The candidate's answers to the validation split. */
  readonly validation: Answers;
  /** The candidate's metrics beside those of its answers. */
  readonly serving: Estimates;
}

/** Measures the models and the naive predictor on the holdout. */
export function judge(evidence: Evidence, bootstrap: BootstrapSettings): Evaluation {
  const { candidate, champion, holdout, sha256, validation } = evidence;
  const { encoding } = candidate.manifest;
  const comparable = champion && 'manifest' in champion ? champion : undefined;
  const rivals = contest(holdout, encoding, comparable?.manifest.encoding);
  const { classes, naive, naiveAnswer } = rivals;
  const drawn = affordableResamples(bootstrap, holdout.rows);
  const scorers = { candidate: rivals.candidate, champion: rivals.champion, naive };
  const comparison = new Comparison(scorers, drawn, Random.fromDigest(sha256));
  const metrics = { ...comparison.metrics('candidate'), ...evidence.serving };
  return {
    formatVersion: 2,
    task: classes ? 'classification' : 'regression',
    holdout: { rows: holdout.rows, sha256 },
    bootstrap: { ...bootstrap, drawn },
    naive: { ...naiveAnswer, metrics: comparison.metrics('naive') },
    candidate: { version: candidate.version, metrics, ...confusion(rivals.candidate, classes) },
    champion: comparable
      ? championScores(comparable, comparison, rivals.champion!, classes)
      : (champion as Incomparable | null),
    differences: comparable ? comparison.differences('candidate', 'champion', bootstrap) : null,
    advantages: comparison.differences('candidate', 'naive', bootstrap),
    agreement: agreement(validation, candidate.manifest),
    ...(classes && { positive: classes.positive, labels: classes.rows }),
  };
}

function championScores(
  { version }: Contestant,
  comparison: Comparison<'candidate' | 'champion' | 'naive'>,
  scorer: Scorer,
  classes: ContestClasses | null,
): VersionedScores {
  return { version, metrics: comparison.metrics('champion'), ...confusion(scorer, classes) };
}

function confusion(scorer: Scorer, classes: ContestClasses | null): Pick<VersionedScores, 'confusion'> {
  if (!classes || !(scorer instanceof ClassScorer)) return {};
  return { confusion: { classes: classes.names, counts: scorer.confusion() } };
}

/** The one metric that training reports of its validation rows, without intervals: the rows are the same. */
function agreement(validation: Answers, { encoding }: Manifest): Evaluation['agreement'] {
  const { candidate } = contest(validation, encoding, undefined);
  const name = encoding.label.kind === 'class' ? 'accuracy' : 'rmse';
  const values = candidate.values(new Uint32Array(validation.rows).fill(1));
  const value = values[candidate.names.indexOf(name)]!;
  return { rows: validation.rows, metrics: { [name]: Number.isNaN(value) ? null : value } };
}
