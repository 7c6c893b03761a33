import known from './instance-types.json';

/** Uses of an instance; SageMaker offers other types for each. */
export type InstanceUse = keyof typeof known;

/**
 * Checks that SageMaker (in the SDK's enums) has the type for this use.
 *
 * @param instanceType e.g. `ml.g5.xlarge`
 * @returns the allowed types, or undefined if the type exists
 */
export function unknownType(use: InstanceUse, instanceType: string): string | undefined {
  const families: Readonly<Record<string, string>> = known[use];
  const [, name = '', size = ''] = instanceType.split('.');
  const sizes = families[name]?.split(' ');
  if (sizes?.includes(size)) return undefined;
  return sizes
    ? `one of the family's sizes for ${use}: ${sizes.join(', ')}`
    : `a type of one of the families for ${use}: ${Object.keys(families).join(', ')}`;
}

/**
 * Families by what they carry, from AWS's instance type pages (November 2026). A family that is not listed
 * counts as CPU without local disks.
 */
const GPU_FAMILIES = /^(p[2-6][a-z0-9-]*|g[4-7][a-z0-9]*)$/;
const NVME_FAMILIES =
  /^([a-z]+\d+[a-z]*d[a-z]*(-\w+)?|g4dn|g5|g6|g6e|p4d|p4de|p5|p5e|p5en|p6e?-g?b[23]00|g7e|dl1|trn[12]n?|i\d\w*)$/;

/** Returns true for a type with a GPU. @param instanceType e.g. `ml.g5.xlarge` */
export function isGpu(instanceType: string): boolean {
  return GPU_FAMILIES.test(family(instanceType));
}

/**
 * Returns true if the type has local NVMe disks: SageMaker then refuses `VolumeKmsKeyId` (the hardware encrypts the
 * disks) and the volume size has no effect.
 */
export function hasLocalDisks(instanceType: string): boolean {
  return NVME_FAMILIES.test(family(instanceType));
}

function family(instanceType: string): string {
  return instanceType.split('.')[1] ?? '';
}

/** Returns true if a training image is built for GPUs, by the words in which AWS, NVIDIA and PyTorch name theirs. */
export function isGpuImage(image: string): boolean {
  return /(^|[^a-z])(gpu|cuda|cu\d{2,3})([^a-z]|$)/.test(image);
}
