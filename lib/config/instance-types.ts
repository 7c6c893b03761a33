/**
 * Families by what they carry, from AWS's instance type pages (November 2026). A family that is not listed
 * counts as CPU without local disks.
 */
const GPU_FAMILIES = /^(p[2-6][a-z0-9-]*|g[4-7][a-z0-9]*)$/;
const NVME_FAMILIES =
  /^([a-z]+\d+[a-z]*d[a-z]*(-\w+)?|g4dn|g5|g6|g6e|p4d|p4de|p5|p5e|p5en|p6e?-g?b[23]00|g7e|dl1|trn[12]n?|i\d\w*)$/;

/** @param instanceType e.g. `ml.g5.xlarge` */
export function isGpu(instanceType: string): boolean {
  return GPU_FAMILIES.test(family(instanceType));
}

/**
 * Whether the type has local NVMe disks: SageMaker then refuses `VolumeKmsKeyId` (the disks are encrypted by
 * their hardware) and the volume size has no effect.
 */
export function hasLocalDisks(instanceType: string): boolean {
  return NVME_FAMILIES.test(family(instanceType));
}

function family(instanceType: string): string {
  return instanceType.split('.')[1] ?? '';
}
