import type { CreateEndpointConfigInput } from '@aws-sdk/client-sagemaker';
import { checkVolumeKey } from './instance-limits';
import { RequestLimits, validation } from './request-limits';

/** Rules of CreateEndpointConfig's API reference that its model does not have. */
export function checkEndpointConfigLimits(request: CreateEndpointConfigInput): void {
  const { ProductionVariants = [], ShadowProductionVariants = [], KmsKeyId } = request;
  const variants = [...ProductionVariants, ...ShadowProductionVariants];
  RequestLimits.check((limits) =>
    limits.length('shadowProductionVariants', request.ShadowProductionVariants, 1, 1),
  );
  const names = variants.map(({ VariantName }) => VariantName);
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated !== undefined) throw validation(`Variant names must be unique: '${repeated}' is not.`);
  if (ShadowProductionVariants.length > 0 && ProductionVariants.length !== 1) {
    throw validation(
      `A shadow variant needs exactly one production variant; this configuration has ${ProductionVariants.length}.`,
    );
  }
  checkVolumeKey(
    'KmsKeyId',
    KmsKeyId,
    variants.flatMap(({ InstanceType }) => InstanceType ?? []),
  );
}
