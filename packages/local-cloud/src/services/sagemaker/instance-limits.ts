import { validation } from './request-limits';

/**
 * Families with local NVMe disks: EC2's letter d after the generation ("Instance type naming conventions", EC2 User
 * Guide), and the accelerated and storage families that have them without this letter.
 */
const LOCAL_DISKS =
  /^([a-z]+\d[a-z]*d[a-z]*(-\w+)?|g4dn|g5|g6e?|g7e|p4de?|p5e?n?|p6e?-g?b[23]00|dl1|trn1n?|trn2n?|i\d\w*)$/;

/**
 * @param instanceType e.g. `ml.g5.xlarge`
 * @returns true if its volume is a local disk, which the hardware encrypts and whose size is fixed
 */
export function hasLocalDisks(instanceType: string): boolean {
  return LOCAL_DISKS.test(instanceType.split('.')[1] ?? '');
}

/**
 * "You can't request a VolumeKmsKeyId when using an instance type with local storage" (API reference,
 * ResourceConfig; the same of ProcessingClusterConfig and of an endpoint configuration's KmsKeyId).
 */
export function checkVolumeKey(
  field: string,
  key: string | undefined,
  instanceTypes: readonly string[],
): void {
  const local = key === undefined ? undefined : instanceTypes.find(hasLocalDisks);
  if (local === undefined) return;
  throw validation(
    `${field} is not supported for the instance type ${local}, whose local storage is encrypted by its hardware. Leave it out.`,
  );
}
