import { bootstrap, percentileInterval } from '../../containers/inference/bootstrap';
import { ClassMeasure, classMetricNames } from '../../containers/inference/class-measure';
import { wilsonInterval } from '../../containers/inference/metrics';
import { NUMBER_METRICS, NumberMeasure } from '../../containers/inference/number-measure';
import { Random } from '../../containers/inference/random';
import { Comparison } from '../../containers/inference/comparison';
import { table } from '../../lib';
import { metricOf } from '../../lib/contract/metrics';

type Row = readonly [label: number, ...probabilities: number[]];

const CLASSES = ['a', 'b', 'c'];
const SETTINGS = { resamples: 500, confidence: 0.95 };
const SEED = '00112233445566778899aabbccddeeff';

function classMeasure(rows: readonly Row[], positive = 1): ClassMeasure {
  const labels = Int32Array.from(rows, ([label]) => label);
  const probabilities = Float32Array.from(rows.flatMap(([, ...row]) => row));
  const names = CLASSES.slice(0, rows[0]!.length - 1);
  const two = names.length === 2;
  return new ClassMeasure(labels, probabilities, {
    names,
    reported: names.length,
    positive: two ? positive : null,
  });
}

function measure(rows: readonly Row[], counts = rows.map(() => 1), positive = 1): Record<string, number> {
  const measured = classMeasure(rows, positive);
  const values = measured.values(Uint32Array.from(counts));
  return Object.fromEntries(values.map((value, index) => [measured.names[index]!, value]));
}

/** A row of two classes, by the probability of the second. */
const two = (label: number, second: number): Row => [label, 1 - second, second];

/** Three classes, mostly right, the third rare. */
const MIXED: readonly Row[] = [
  [0, 0.7, 0.2, 0.1],
  [0, 0.4, 0.5, 0.1],
  [0, 0.6, 0.1, 0.3],
  [1, 0.2, 0.7, 0.1],
  [1, 0.5, 0.3, 0.2],
  [2, 0.1, 0.1, 0.8],
];

describe('on all rows', () => {
  test.each<[string, readonly Row[], number]>([
    ['some pairs in order', [two(0, 0.1), two(0, 0.4), two(1, 0.35), two(1, 0.8)], 3 / 4],
    ['equals, which count half', [two(0, 0.5), two(1, 0.5), two(0, 0.125), two(1, 0.875)], 3.5 / 4],
    ['nothing but equals', [two(0, 0.5), two(1, 0.5), two(1, 0.5)], 0.5],
    ['all pairs the wrong way round', [two(0, 0.75), two(1, 0.25)], 0],
    ['one kind of row only', [two(1, 0.25), two(1, 0.5)], NaN],
    // a: 5 of 9 pairs, b: 7 of 8, c: 5 of 5.
    ['three classes, each against the rest', MIXED, (8 / 9 + 7 / 8 + 1) / 3],
    [
      'a class that does not occur',
      MIXED.filter(([label]) => label !== 2),
      // a: 3 × 2 pairs, b: the same.
      (5 / 6 + 5 / 6) / 2,
    ],
  ])('AUC: %s', (_, rows, area) => {
    expect(measure(rows).auc).toEqual(isNaN(area) ? NaN : expect.closeTo(area, 12));
  });

  // By scikit-learn 1.2.1 on the same float32 probabilities.
  const TIED: readonly Row[] = [
    two(0, 0.1),
    two(0, 0.4),
    two(1, 0.35),
    two(0, 0.8),
    two(1, 0.8),
    two(1, 0.7),
    two(0, 0.35),
    two(0, 0.2),
    two(1, 0.9),
    two(0, 0.05),
  ];
  test.each<[string, Record<string, number>, Record<string, number>]>([
    [
      'two classes with ties',
      measure(TIED),
      {
        averagePrecision: 0.7470238095238095,
        auc: 0.8333333333333334,
        brier: 0.15375,
        balancedAccuracy: 0.7916666666666667,
        logLoss: 0.4665845,
        'precision:a': 0.8333333333333334,
        'precision:b': 0.75,
      },
    ],
    [
      'the other class',
      measure(TIED, undefined, 0),
      { averagePrecision: 0.8833333333333333, auc: 0.8333333333333334 },
    ],
    [
      'three classes',
      measure(MIXED),
      {
        averagePrecision: 0.9166666666666666,
        balancedAccuracy: 0.7222222222222222,
        f1: 0.7222222222222222,
        brier: 0.33333333,
        'precision:a': 2 / 3,
        'precision:b': 1 / 2,
        'precision:c': 1,
      },
    ],
  ])('equals scikit-learn: %s', (_, measured, expected) => {
    for (const [name, value] of Object.entries(expected)) {
      expect([name, measured[name]]).toEqual([name, expect.closeTo(value, 6)]);
    }
  });

  test('regression equals scikit-learn', () => {
    const labels = Float64Array.of(3, -0.5, 2, 7, 4.25);
    const values = new NumberMeasure(labels, [2.5, 0, 2, 8, 4]).values(new Uint32Array(5).fill(1));
    const expected = [0.5590169943749475, 0.45, 0.9491042345276873, 0.2736694677871149];
    expect(values).toEqual(expected.map((value) => expect.closeTo(value, 12) as number));
    const withZero = new NumberMeasure(Float64Array.of(0, 0), [1, 3]).values(Uint32Array.of(1, 1));
    expect(withZero).toEqual([Math.sqrt(5), 2, NaN, NaN]);
    expect(new NumberMeasure(labels, [1, 2, NaN, 4, 5]).values(Uint32Array.of(1, 1, 1, 1, 1))).toEqual(
      NUMBER_METRICS.map(() => NaN),
    );
  });

  test('accuracy, F1, log loss and recalls', () => {
    const all = measure(MIXED);
    expect(all.accuracy).toBeCloseTo(4 / 6, 12);
    expect(all.f1).toBeCloseTo((4 / 6 + 2 / 4 + 1) / 3, 12);
    const given = [0.7, 0.4, 0.6, 0.7, 0.3, 0.8].map((probability) => Math.fround(probability));
    expect(all.logLoss).toBeCloseTo(-given.reduce((total, p) => total + Math.log(p), 0) / 6, 12);
    expect([all['recall:a'], all['recall:b'], all['recall:c']]).toEqual([2 / 3, 1 / 2, 1]);
  });

  test('a class that never occurs is left out of the F1 and has no recall', () => {
    const some = measure([
      [0, 0.5, 0.25, 0.25],
      [0, 0.5, 0.25, 0.25],
      [0, 0.25, 0.5, 0.25],
      [1, 0.25, 0.5, 0.25],
    ]);
    expect(some.f1).toBeCloseTo((0.8 + 2 / 3) / 2, 12);
    expect(some.logLoss).toBeCloseTo(Math.LN2 * (5 / 4), 12);
    expect(some['recall:c']).toBeNaN();
  });

  test('log loss is finite where the true class got no probability', () => {
    expect(measure([two(1, 0), two(0, 0)]).logLoss).toBeCloseTo(-Math.log(1e-15) / 2, 9);
  });

  test.each([NaN, Infinity])('a model that answers %s has no metric at all', (answer) => {
    expect(Object.values(measure([two(0, 0.1), [1, 0, answer]])).every(Number.isNaN)).toBe(true);
  });

  test('every name is one that the gate knows', () => {
    expect(
      [...classMetricNames(CLASSES), ...NUMBER_METRICS].map((name) => metricOf(name, table.metrics)),
    ).not.toContain(undefined);
  });

  test.each([
    [8, 10, 0.4901625, 0.9433178],
    [0, 10, 0, 0.2775328],
    [10, 10, 0.7224672, 1],
    [97, 100, 0.9154806, 0.9897455],
  ])('%d right in %d has Wilson’s interval', (right, rows, low, high) => {
    const [lower, upper] = wilsonInterval(right, rows);
    expect(lower).toBeCloseTo(low, 6);
    expect(upper).toBeCloseTo(high, 6);
  });
});

describe('resampling', () => {
  test.each([[[2, 0, 1, 3, 0, 1]], [[0, 1, 0, 1, 4, 0]], [[1, 1, 1, 1, 1, 1]]])(
    'a row that is drawn again counts again: %j',
    (counts) => {
      const repeated = MIXED.flatMap((row, index) => Array.from({ length: counts[index]! }, () => row));
      const [weighted, expected] = [measure(MIXED, counts), measure(repeated)];
      for (const [name, value] of Object.entries(expected)) {
        expect([name, weighted[name]]).toEqual([name, isNaN(value) ? NaN : expect.closeTo(value, 12)]);
      }
    },
  );

  // 5 of 50 rows are right instead of wrong: binomial with P(≤ 1) = 0.034, P(≤ 2) = 0.112, P(≤ 8) = 0.942 and
  // P(≤ 9) = 0.975; the share found of 4,000 misses these by 0.004 or less.
  test('finds the bounds that follow from the binomial distribution', () => {
    const rows = Array.from({ length: 50 }, (_, row) => two(1, row < 5 ? 0.25 : 0.75));
    const better = classMeasure(rows.map(() => two(1, 0.75)));
    const [ofBetter, ofWorse] = bootstrap([better, classMeasure(rows)], 4_000, Random.fromDigest(SEED));
    const differences = ofBetter![0]!.map((value, resample) => value - ofWorse![0]![resample]!);
    const [low, high] = percentileInterval(differences, 0.045)!;
    expect([low, high]).toEqual([expect.closeTo(2 / 50, 9), expect.closeTo(9 / 50, 9)]);
  });
});

describe('candidate and champion', () => {
  const other = MIXED.map(([label, a, b, c], index): Row => {
    return index % 2 === 0 ? [label, a!, b!, c!] : [label, b!, c!, a!];
  });
  const comparison = (candidate: readonly Row[], champion: readonly Row[], seed = SEED) => {
    const measures = { candidate: classMeasure(candidate), champion: classMeasure(champion) };
    const found = new Comparison(measures, SETTINGS.resamples, Random.fromDigest(seed));
    return {
      candidate: found.metrics('candidate'),
      champion: found.metrics('champion'),
      differences: found.differences('candidate', 'champion', SETTINGS),
    };
  };

  test('that are the same differ by nothing in every resample', () => {
    const { candidate, champion, differences } = comparison(MIXED, MIXED);
    expect(champion).toEqual(candidate);
    expect(Object.keys(differences)).toEqual(classMetricNames(CLASSES));
    for (const difference of Object.values(differences)) {
      expect(difference).toEqual({ value: 0, interval: [0, 0] });
    }
  });

  test('that change places change the sign of every difference', () => {
    const there = comparison(MIXED, other);
    const back = comparison(other, MIXED);
    expect(back.candidate).toEqual(there.champion);
    expect(there.differences.accuracy!.value).not.toBe(0);
    for (const [name, { value, interval }] of Object.entries(there.differences)) {
      if (!interval) {
        expect([value, back.differences[name]]).toEqual([null, { value, interval }]);
        continue;
      }
      const [low, high] = interval;
      expect(back.differences[name]).toEqual({ value: 0 - value!, interval: [0 - high, 0 - low] });
    }
  });

  test('are compared alike each time, and by other draws on another holdout', () => {
    expect(comparison(MIXED, other)).toEqual(comparison(MIXED, other));
    expect(comparison(MIXED, other, SEED.replace('0', 'f'))).not.toEqual(comparison(MIXED, other));
  });

  test('the confusion matrix counts rows by true and predicted class', () => {
    expect(classMeasure(MIXED).confusion()).toEqual([
      [2, 1, 0],
      [1, 1, 0],
      [0, 0, 1],
    ]);
  });

  test('intervals: Wilson’s for shares of rows, none where the bootstrap saw no variation', () => {
    const metrics = comparison(MIXED, other).candidate;
    expect(metrics.accuracy!.interval).toEqual(wilsonInterval(4, 6));
    expect(metrics['recall:b']!.interval).toEqual(wilsonInterval(1, 2));
    const [low, high] = metrics.logLoss!.interval!;
    expect(low).toBeLessThan(metrics.logLoss!.value!);
    expect(high).toBeGreaterThan(metrics.logLoss!.value!);
    expect(metrics['precision:b']!.interval).toEqual(wilsonInterval(1, 2));
    const rows: readonly Row[] = [
      [0, 1, 0, 0],
      [1, 0, 1, 0],
      [1, 0, 1, 0],
    ];
    const perfect = comparison(rows, rows).candidate;
    expect(perfect.auc).toEqual({ value: 1, interval: null });
    expect(perfect['recall:c']).toEqual({ value: null, interval: null });
  });
});
