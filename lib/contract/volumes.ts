/** Jobs with a volume of their own. */
export const VOLUMES = ['preprocessing', 'training', 'evaluation'] as const;
export type VolumeName = (typeof VOLUMES)[number];

/** Inputs to the sizes of a run's volumes. */
export interface VolumeSettings {
  /** GB by job, where the configuration or the instance type decides; the others follow from the data. */
  readonly given: Readonly<Partial<Record<VolumeName, number>>>;
  /** True if training copies its data to the volume before it starts. */
  readonly trainingCopies: boolean;
  /** Share of the rows in the holdout. */
  readonly testFraction: number;
}

/**
 * GB of a volume in addition to its data: archives of models and their unpacked contents, checkpoints, temporary files.
 * A training job keeps checkpoints, and optimizer states are larger than models.
 */
export const VOLUME_BASE_GB: Readonly<Record<VolumeName, number>> = {
  preprocessing: 10,
  training: 30,
  evaluation: 10,
};
