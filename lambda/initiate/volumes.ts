import { ErrorName, PipelineError } from '../../lib/contract/errors';
import { VOLUME_BASE_GB, type VolumeName, type VolumeSettings } from '../../lib/contract/volumes';

/** SageMaker's largest volume, GB (API reference, ProcessingClusterConfig); EBS has no larger one of this kind. */
export const MAX_VOLUME_GB = 16_384;

/** Bytes of a matrix's cell. */
const CELL_BYTES = 4;
/** Bytes written for a byte of text read: a cell of a matrix has four bytes, one of a text with its comma two or more. */
const TEXT_GROWTH = 2;
/** Text for a byte of a compressed object: what gzip reaches on tables is 3 to 8. */
const COMPRESSION = 8;
/** Splits by a hash are not even, and a file system wants some of its disk: a quarter more than is counted. */
const HEADROOM = 1.25;
/** A GB of SageMaker's may be a GiB; the smaller one is never too little. */
const GB = 1e9;

/** GB by job. */
export interface RunVolumes {
  /** Of each shard's job, in order. */
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
 * What the volumes of a run hold, in bytes of the pinned data (d) and of a shard (s), and the sizes that follow:
 *
 * - preprocessing: the shard, its rows in the engine's temporary files, and what is made of it, s + s + 2 s;
 * - training: train and validation rows, 2 d (1 − testFraction), where they are copied; nothing where not;
 * - evaluation: the holdout, 2 d testFraction;
 *
 * a quarter more of each, and the base of the job. Each host of a training job has all of the rows. Where the data
 * grow more than twofold (compressed objects, words of texts), that counts in the place of the 2.
 *
 * @param shardBytes bytes of each shard
 * @param source what the messages call the data
 * @throws PipelineError `InvalidData` for a volume that SageMaker does not have
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
 * Returns how many bytes are written for a byte of the data.
 *
 * @param compressed whether an object is compressed, or columnar
 * @param words columns of the matrix that hold words of texts
 * @param rowBytes mean bytes of a row of text; null where that is not known
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
