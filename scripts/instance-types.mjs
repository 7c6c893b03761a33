import * as sagemaker from '@aws-sdk/client-sagemaker';
import { writeFileSync } from 'node:fs';

/**
 * Writes `lib/config/instance-types.json` from the SDK's enums: sizes by family, by use. A file of its own, since the
 * SDK takes a quarter of a second to load and synthesis needs nothing else of it.
 */
const USES = {
  training: sagemaker.TrainingInstanceType,
  processing: sagemaker.ProcessingInstanceType,
  hosting: sagemaker.ProductionVariantInstanceType,
  transform: sagemaker.TransformInstanceType,
};

function byFamily(types) {
  const families = {};
  for (const type of Object.values(types).sort()) {
    const [, family, size] = type.split('.');
    (families[family] ??= []).push(size);
  }
  return Object.fromEntries(Object.entries(families).map(([family, sizes]) => [family, sizes.join(' ')]));
}

const known = Object.fromEntries(Object.entries(USES).map(([use, types]) => [use, byFamily(types)]));
writeFileSync('lib/config/instance-types.json', `${JSON.stringify(known, null, 2)}\n`);
