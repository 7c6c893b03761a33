/** Jobs with a volume of their own. */
export const VOLUMES = ['preprocessing', 'training', 'evaluation'] as const;
export type VolumeName = (typeof VOLUMES)[number];

/** What decides how large a run's volumes are. */
export interface VolumeSettings {
  /** GB by job, where the configuration or the type of the instance decides; the others follow from the data. */
  readonly given: Readonly<Partial<Record<VolumeName, number>>>;
  /** Whether training copies its data to the volume before it starts. */
  readonly trainingCopies: boolean;
  /** Share of the rows in the holdout. */
  readonly testFraction: number;
}

/**
 * GB of a volume beside its data: archives of models and what is unpacked from them, checkpoints, temporary files. A
 * training job keeps checkpoints, and optimizer states are larger than models.
 */
export const VOLUME_BASE_GB: Readonly<Record<VolumeName, number>> = {
  preprocessing: 10,
  training: 30,
  evaluation: 10,
};
