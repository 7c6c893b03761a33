import { growthOf, MAX_VOLUME_GB, sizeVolumes } from '../../../lambda/initiate/volumes';
import { VOLUME_BASE_GB, type VolumeSettings } from '../../../lib/contract/volumes';

const GB = 1e9;

const SOURCE = 's3://data/rows/';

const settings: VolumeSettings = { given: {}, trainingCopies: true, testFraction: 0.2 };

const plan = (shards: number[], more: Partial<VolumeSettings> = {}) =>
  sizeVolumes(
    shards.map((gb) => gb * GB),
    { ...settings, ...more },
    SOURCE,
  );

describe('volumes derived from the pinned data', () => {
  test.each<[what: string, gb: number[], more: Partial<VolumeSettings>, shards: number[], others: number[]]>([
    // A few kilobytes: the base and one GB for the data.
    ['a small table', [1e-6], {}, [11], [31, 11]],
    // 4 × 4 × 1.25 = 20; 2 × 4 × 0.8 × 1.25 = 8; 2 × 4 × 0.2 × 1.25 = 2.
    ['4 GB in one shard', [4], {}, [30], [38, 12]],
    // 4 × 8 × 1.25 = 40 and 4 × 4 × 1.25 = 20; of 12 GB: 24 and 6.
    ['shards of different sizes', [8, 4], {}, [50, 30], [54, 16]],
    ['rows that are streamed', [8, 4], { trainingCopies: false }, [50, 30], [30, 16]],
    // 2 × 12 × 0.5 × 1.25 = 15, for both.
    ['a larger holdout', [8, 4], { testFraction: 0.5 }, [50, 30], [45, 25]],
    ['a size that is given', [8, 4], { given: { training: 7 } }, [50, 30], [7, 16]],
    ['all sizes given', [8, 4], { given: { preprocessing: 1, training: 2, evaluation: 3 } }, [1, 1], [2, 3]],
  ])('%s', (_, gb, more, shards, [training, evaluation]) => {
    expect(plan(gb, more)).toEqual({ shards, training, evaluation });
  });

  test('a volume holds what its job holds at once, for every share of the holdout', () => {
    for (const testFraction of [0.05, 0.2, 0.5]) {
      const { shards, training, evaluation } = plan([100, 50], { testFraction });
      const rows = 2 * 150;
      expect(shards[0]! - VOLUME_BASE_GB.preprocessing).toBeGreaterThan(100 + 100 + 2 * 100);
      expect(training - VOLUME_BASE_GB.training).toBeGreaterThan(rows * (1 - testFraction));
      expect(evaluation - VOLUME_BASE_GB.evaluation).toBeGreaterThan(rows * testFraction);
    }
  });
});

test.each([
  ['a table of numbers', growthOf(false, 0, 100), 2],
  ['a compressed one', growthOf(true, 0, 100), 16],
  // 256 words of 4 bytes for a row of 64 bytes.
  ['a text', growthOf(false, 256, 64), 18],
  ['a text of unknown length', growthOf(false, 256, null), 2],
])('%s grows by a factor of %d', (_, growth, expected) => {
  expect(growth).toBe(expected);
});

describe('a volume that SageMaker does not have', () => {
  // 10 + 4 × 3,274.8 × 1.25 = 16,384.
  const LARGEST = 3_274.8;

  test('is one GB more than the largest', () => {
    const others = { given: { training: 1, evaluation: 1 } };
    expect(plan([LARGEST], others).shards).toEqual([MAX_VOLUME_GB]);
    expect(() => plan([LARGEST + 0.1], others)).toThrow('16,385 GB');
  });

  test.each<[string, number[], Partial<VolumeSettings>, string[]]>([
    ['preprocessing', [5_000], {}, ['5,000 GB', '25,010 GB', 'data.maxShards', 'preprocessing.volumeSizeGb']],
    [
      'training',
      [3_000, 3_000, 3_000],
      {},
      ['9,000 GB', '18,030 GB', 'training.input.mode', 'training.volumeSizeGb'],
    ],
    [
      'evaluation',
      Array<number>(10).fill(3_000),
      { trainingCopies: false, testFraction: 0.3 },
      ['30,000 GB', '22,510 GB', 'data.testFraction', 'evaluation.volumeSizeGb'],
    ],
  ])('%s: the error has the sizes and the fields to set', (_, gb, more, facts) => {
    expect(() => plan(gb, more)).toThrow(expect.objectContaining({ name: 'InvalidData' }) as Error);
    for (const fact of ['s3://data/rows/', ...facts]) expect(() => plan(gb, more)).toThrow(fact);
  });

  test('is not an error if the sizes are given', () => {
    const given = { preprocessing: 100, training: 100, evaluation: 100 };
    expect(plan([50_000], { given })).toEqual({ shards: [100], training: 100, evaluation: 100 });
  });
});
