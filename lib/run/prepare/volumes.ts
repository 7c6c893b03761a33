import type { PipelineConfig } from '../../config';
import { hasLocalDisks } from '../../config/instance-types';
import { VOLUME_BASE_GB, VOLUMES, type VolumeSettings } from '../../contract/volumes';

/** Returns the inputs to a run's volume sizes: configured sizes, and the facts that the others follow from. */
export function volumeSettings(config: PipelineConfig): VolumeSettings {
  return {
    given: Object.fromEntries(
      VOLUMES.flatMap((name) => {
        const { volumeSizeGb, instanceType } = config[name];
        // Local disks have a fixed size, and SageMaker ignores the number: no data may count as too large for them.
        const size = volumeSizeGb ?? (hasLocalDisks(instanceType) ? VOLUME_BASE_GB[name] : undefined);
        return size === undefined ? [] : [[name, size]];
      }),
    ),
    trainingCopies: config.training.input.mode === 'File',
    testFraction: config.data.testFraction,
  };
}
