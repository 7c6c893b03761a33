import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ProcessingInstanceType,
  ProductionVariantInstanceType,
  TrainingInstanceType,
} from '@aws-sdk/client-sagemaker';
import { hasLocalDisks as refusesVolumeKey } from 'local-cloud/testing';
import { hasLocalDisks } from '../../lib/config/instance-types';
import { table } from '../../lib';

const ROOT = join(__dirname, '../..');

describe('training metrics', () => {
  /** The last value of each metric, as SageMaker reads a job's output. */
  const read = (output: string) =>
    Object.fromEntries(
      table.metrics.training.map(({ name, expression }) => {
        const values = [...output.matchAll(new RegExp(expression, 'g'))].map(([, value]) => Number(value));
        return [name, values.at(-1)];
      }),
    );

  test.each([
    [
      "an epoch's line",
      'epoch=1/60; train:loss=0.693147; validation:loss=0.5; validation:accuracy=0.9712; seconds=0.01;',
      { 'train:loss': 0.693147, 'validation:loss': 0.5, 'validation:accuracy': 0.9712 },
    ],
    [
      'the last of several',
      'epoch=1/2; validation:accuracy=0.5;\nfinal; train:loss=1e-05; validation:loss=1.5e+06; validation:accuracy=1;',
      { 'train:loss': 1e-5, 'validation:loss': 1.5e6, 'validation:accuracy': 1 },
    ],
    [
      'no value that is not a number',
      'epoch=1/2; train:loss=nan; validation:loss=inf; validation:accuracy=nan;',
      { 'train:loss': undefined, 'validation:loss': undefined, 'validation:accuracy': undefined },
    ],
  ])('are found in the program’s output: %s', (_, output, expected) => {
    expect(read(output)).toEqual(expected);
  });
});

describe("the serving image's packages", () => {
  interface Manifest {
    dependencies: Record<string, string>;
    optionalDependencies?: Record<string, string>;
    devDependencies?: Record<string, string>;
  }
  const manifest = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as Manifest;

  // Off the cloud the image's program runs with the packages of the project.
  test('are those that the project is tested with', () => {
    const { dependencies, optionalDependencies, devDependencies } = manifest('package.json');
    const image = manifest('containers/inference/package.json').dependencies;
    const project = { ...devDependencies, ...optionalDependencies, ...dependencies };
    expect(Object.keys(image)).toHaveLength(3);
    expect(image).toEqual(Object.fromEntries(Object.keys(image).map((name) => [name, project[name]])));
  });
});

// The configuration leaves out the volume's key where SageMaker refuses it, and nowhere else.
test('configuration and local cloud have the same instance types with local disks', () => {
  const types = [TrainingInstanceType, ProcessingInstanceType, ProductionVariantInstanceType].flatMap((all) =>
    Object.values<string>(all),
  );
  expect(types.filter(hasLocalDisks)).toEqual(types.filter(refusesVolumeKey));
  expect(types.filter(hasLocalDisks).length).toBeGreaterThan(100);
});
