import { ErrorName, PipelineError } from '../../lib/contract/errors';
import { VOLUME_BASE_GB, type VolumeName, type VolumeSettings } from '../../lib/contract/volumes';

/** SageMaker's largest volume, GB (API reference, ProcessingClusterConfig); EBS has no larger one of this kind. */
export const MAX_VOLUME_GB = 16_384;

/** Bytes per cell of a matrix. */
const CELL_BYTES = 4;
/** Bytes written per byte of text: a cell of a matrix has four bytes, a cell of text with its comma two or more. */
const TEXT_GROWTH = 2;
/** Bytes of text per byte of a compressed object: gzip reaches 3 to 8 on tables. */
const COMPRESSION = 8;
/** Splits by a hash are uneven, and a file system needs part of its disk: a quarter is added. */
const HEADROOM = 1.25;
/** A GB of SageMaker's may be a GiB; assuming the smaller unit is always enough. */
const GB = 1e9;

/** GB by job. */
export interface RunVolumes {
  /** Size for each shard's job, in order. */
  readonly shards: readonly number[];
  readonly training: number;
  readonly evaluation: number;
}

const REMEDIES: Readonly<Record<VolumeName, string>> = {
  preprocessing: 'raise data.maxShards, upload smaller objects, or set preprocessing.volumeSizeGb',
  training: 'set training.input.mode to FastFile or FSxLustre, which copy nothing, or training.volumeSizeGb',
  evaluation: 'lower data.testFraction, or set evaluation.volumeSizeGb',
};

/**
 * Returns the sizes of a run's volumes. In bytes of the pinned data (d) and of a shard (s), they hold:
 *
 * - preprocessing: the shard, its rows in the engine's temporary files, and the outputs, s + s + 2 s;
 * - training: train and validation rows, 2 d (1 − testFraction), where they are copied; otherwise nothing;
 * - evaluation: the holdout, 2 d testFraction;
 *
 * plus a quarter, and the base of the job. Each host of a training job has all of the rows. Where the data grow more
 * than twofold (compressed objects, words of texts), that factor replaces the 2.
 *
 * @param shardBytes bytes of each shard
 * @param source name of the data in messages
 * @throws PipelineError `InvalidData` for a volume larger than SageMaker's maximum
 */
export function sizeVolumes(
  shardBytes: readonly number[],
  { given, trainingCopies, testFraction, growth = TEXT_GROWTH }: VolumeSettings & { growth?: number },
  source: string,
): RunVolumes {
  const made = growth * shardBytes.reduce((sum, bytes) => sum + bytes, 0);
  const size = (name: VolumeName, bytes: number): number => {
    const fixed = given[name];
    if (fixed !== undefined) return fixed;
    const gb = VOLUME_BASE_GB[name] + Math.ceil((HEADROOM * bytes) / GB);
    if (gb > MAX_VOLUME_GB) throw tooLarge(name, gb, made / growth, source);
    return gb;
  };
  return {
    shards: shardBytes.map((bytes) =>
      size('preprocessing', bytes + (growth / TEXT_GROWTH) * bytes + growth * bytes),
    ),
    training: size('training', trainingCopies ? made * (1 - testFraction) : 0),
    evaluation: size('evaluation', made * testFraction),
  };
}

/**
 * Returns the bytes written per byte of the data.
 *
 * @param compressed true if an object is compressed, or columnar
 * @param words columns of the matrix for words of texts
 * @param rowBytes mean bytes of a row of text; null where unknown
 */
export function growthOf(compressed: boolean, words: number, rowBytes: number | null): number {
  const text = TEXT_GROWTH + (words === 0 || rowBytes === null ? 0 : (CELL_BYTES * words) / rowBytes);
  return compressed ? COMPRESSION * text : text;
}

function tooLarge(name: VolumeName, gb: number, total: number, source: string): PipelineError {
  const shown = (value: number) => Math.ceil(value).toLocaleString('en-US');
  return new PipelineError(
    ErrorName.InvalidData,
    `${source} holds ${shown(total / GB)} GB, for which ${name} would need a volume of ${shown(gb)} GB, more than ` +
      `SageMaker's ${shown(MAX_VOLUME_GB)}; ${REMEDIES[name]}`,
  );
}
