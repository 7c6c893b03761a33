import type { Answers } from './answers.ts';
import { affordableResamples, type BootstrapSettings } from './bootstrap.ts';
import type { Encoding } from '../table/encoding.ts';
import { ClassMeasure } from './class-measure.ts';
import { contest, type ContestClasses } from './contest.ts';
import type { Evaluation, Incomparable, VersionedMetrics } from './evaluation.ts';
import type { Manifest } from './manifest.ts';
import type { Measure } from './metrics.ts';
import { Random } from './random.ts';
import { Comparison, type Estimates } from './comparison.ts';

/** A model and its version. */
export interface Contestant {
  readonly version: string;
  readonly manifest: Pick<Manifest, 'encoding'>;
}

export interface Evidence {
  readonly candidate: Contestant;
  /** Null without a champion. */
  readonly champion: Contestant | Incomparable | null;
  /** The candidate's answers to the holdout, and then the champion's if it can be compared. */
  readonly holdout: Answers;
  /** Digest of the holdout's files. */
  readonly sha256: string;
  /** The candidate's answers to the validation split; null where training and serving are not compared. */
  readonly validation: Answers | null;
  /** The candidate's metrics of serving. */
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
  const measures = { candidate: rivals.candidate, champion: rivals.champion, naive };
  const comparison = new Comparison(measures, drawn, Random.fromDigest(sha256));
  const metrics = { ...comparison.metrics('candidate'), ...evidence.serving };
  return {
    formatVersion: 2,
    task: classes ? 'classification' : 'regression',
    holdout: { rows: holdout.rows, sha256 },
    bootstrap: { ...bootstrap, drawn },
    naive: { ...naiveAnswer, metrics: comparison.metrics('naive') },
    candidate: { version: candidate.version, metrics, ...confusion(rivals.candidate, classes) },
    champion: comparable
      ? championMetrics(comparable, comparison, rivals.champion!, classes)
      : (champion as Incomparable | null),
    differences: comparable ? comparison.differences('candidate', 'champion', bootstrap) : null,
    advantages: comparison.differences('candidate', 'naive', bootstrap),
    agreement: validation ? agreement(validation, encoding) : { rows: 0, metrics: {} },
    ...(classes && { positive: classes.positive, labels: classes.rows }),
  };
}

function championMetrics(
  { version }: Contestant,
  comparison: Comparison<'candidate' | 'champion' | 'naive'>,
  measure: Measure,
  classes: ContestClasses | null,
): VersionedMetrics {
  return { version, metrics: comparison.metrics('champion'), ...confusion(measure, classes) };
}

function confusion(measure: Measure, classes: ContestClasses | null): Pick<VersionedMetrics, 'confusion'> {
  if (!classes || !(measure instanceof ClassMeasure)) return {};
  return { confusion: { classes: classes.names, counts: measure.confusion() } };
}

/** Returns the metrics that training reports of its validation rows too, without intervals: the rows are the same. */
function agreement(validation: Answers, encoding: Encoding): Evaluation['agreement'] {
  const { candidate } = contest(validation, encoding, undefined);
  const name = encoding.label.kind === 'class' ? 'accuracy' : 'rmse';
  const values = candidate.values(new Uint32Array(validation.rows).fill(1));
  const value = values[candidate.names.indexOf(name)]!;
  return { rows: validation.rows, metrics: { [name]: Number.isNaN(value) ? null : value } };
}
