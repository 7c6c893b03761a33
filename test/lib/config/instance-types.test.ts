import {
  ProcessingInstanceType,
  ProductionVariantInstanceType,
  TrainingInstanceType,
  TransformInstanceType,
} from '@aws-sdk/client-sagemaker';
import { validateConfig, type PipelineConfig } from '../../../lib/config';
import { hasLocalDisks, isGpu, type InstanceUse } from '../../../lib/config/instance-types';
import knownTypes from '../../../lib/config/instance-types.json';
import type { ServingConfig } from '../../../lib/config/schema';
import { withField } from '../../templates/support/configuration';
import { dev } from '../../templates/support/synthesis';
import { asynchronous, batch, onGpu } from '../../templates/support/variants';

// From AWS's instance type pages: a wrong answer here is a job that SageMaker refuses.
test.each<[type: string, gpu: boolean, localDisks: boolean]>([
  ['ml.t3.medium', false, false],
  ['ml.m5.large', false, false],
  ['ml.m5d.large', false, true],
  ['ml.c5n.xlarge', false, false],
  ['ml.c6id.xlarge', false, true],
  ['ml.r5dn.xlarge', false, true],
  ['ml.p2.xlarge', true, false],
  ['ml.p3.2xlarge', true, false],
  ['ml.p3dn.24xlarge', true, true],
  ['ml.p4d.24xlarge', true, true],
  ['ml.p4de.24xlarge', true, true],
  ['ml.p5.48xlarge', true, true],
  ['ml.p5en.48xlarge', true, true],
  ['ml.p6e-gb200.36xlarge', true, true],
  ['ml.g4dn.xlarge', true, true],
  ['ml.g5.xlarge', true, true],
  ['ml.g6e.xlarge', true, true],
  ['ml.trn1.2xlarge', false, true],
  ['ml.inf2.xlarge', false, false],
])('%s: GPU %s, local disks %s', (type, gpu, localDisks) => {
  expect([isGpu(type), hasLocalDisks(type)]).toEqual([gpu, localDisks]);
});

/** The file exists to spare synthesis the SDK; it may not differ from it. */
test('the known instance types are those of the SDK, for each use', () => {
  const enums: Record<InstanceUse, Record<string, string>> = {
    training: TrainingInstanceType,
    processing: ProcessingInstanceType,
    hosting: ProductionVariantInstanceType,
    transform: TransformInstanceType,
  };
  for (const [use, types] of Object.entries(enums)) {
    const families = Object.entries(knownTypes[use as InstanceUse]);
    const listed = families.flatMap(([family, sizes]) => sizes.split(' ').map((s) => `ml.${family}.${s}`));
    expect([use, listed.sort()]).toEqual([use, Object.values(types).sort()]);
  }
});

test.each<[field: string, value: string, allowed: string]>([
  ['training.instanceType', 'ml.m5.medium', '2xlarge'],
  ['training.instanceType', 'ml.x9.large', 'c4, c5,'],
  ['preprocessing.instanceType', 'ml.m5.medium', 'processing'],
  ['evaluation.instanceType', 'ml.t2.medium', 'processing'],
  ['endpoint.serving.variants.0.instanceType', 'ml.t3.medium', 'hosting'],
])(
  'an instance type that SageMaker does not have for the use is refused: %s = %s',
  (field, value, allowed) => {
    const config = withField(field, value);
    expect(() => validateConfig(config)).toThrow(`${field} is "${value}"`);
    expect(() => validateConfig(config)).toThrow(allowed);
  },
);

test('an instance type of a transform job or an asynchronous endpoint is one of its own use', () => {
  const of = (config: PipelineConfig, instanceType: string) => ({
    ...config,
    endpoint: { ...config.endpoint, serving: { ...config.endpoint.serving, instanceType } as ServingConfig },
  });
  expect(() => validateConfig(of(batch, 'ml.t2.medium'))).toThrow(
    /endpoint\.serving\.instanceType .*transform/,
  );
  expect(() => validateConfig(of(asynchronous, 'ml.t3.large'))).toThrow(
    /endpoint\.serving\.instanceType .*hosting/,
  );
});

test('a GPU image on a CPU type is refused, and the reverse', () => {
  const train = dev.programs.train as { baseImage: { cpu: string; gpu: string } };
  const { cpu, gpu } = train.baseImage;
  expect(() => validateConfig(withField('programs.train.baseImage.cpu', gpu))).toThrow(
    `programs.train.baseImage.cpu is "${gpu}"`,
  );
  const swapped = withField('programs.train.baseImage.gpu', cpu);
  expect(() => validateConfig({ ...swapped, training: onGpu.training })).toThrow(
    /programs\.train\.baseImage\.gpu is ".*"/,
  );
  expect(validateConfig(onGpu)).toBe(onGpu);
});
