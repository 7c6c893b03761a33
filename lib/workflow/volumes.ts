import type { PipelineConfig } from '../config';
import { hasLocalDisks } from '../config/instance-types';
import { VOLUME_BASE_GB, VOLUMES, type VolumeSettings } from '../contract/volumes';

/** What a run is told of volumes: sizes that the configuration gives, and from what the others follow. */
export function volumeSettings(config: PipelineConfig): VolumeSettings {
  return {
    given: Object.fromEntries(
      VOLUMES.flatMap((name) => {
        const { volumeSizeGb, instanceType } = config[name];
        // Local disks are what they are: no data is too large for a number that SageMaker does not look at.
        const size = volumeSizeGb ?? (hasLocalDisks(instanceType) ? VOLUME_BASE_GB[name] : undefined);
        return size === undefined ? [] : [[name, size]];
      }),
    ),
    trainingCopies: config.training.input.mode === 'File',
    testFraction: config.data.testFraction,
  };
}
