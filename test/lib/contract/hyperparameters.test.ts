import { table } from '../../../lib';
import {
  hyperparameterKey,
  hyperparametersFor,
  resolveHyperparameters,
} from '../../../lib/contract/hyperparameters';

const HYPERPARAMETERS = table.hyperparameters;

const resolve = (values: Record<string, unknown>) =>
  resolveHyperparameters(HYPERPARAMETERS, [{ source: 'the test', values }]);

describe('hyperparameters', () => {
  test('a later layer wins over an earlier one and over the default', () => {
    const values = resolveHyperparameters(HYPERPARAMETERS, [
      { source: 'SSM', values: { 'training.epochs': '7', 'training.seed': '3' } },
      { source: 'input', values: { 'training.epochs': 9 } },
    ]);
    expect(values['training.epochs']).toBe(9);
    expect(values['training.seed']).toBe(3);
    expect(values['training.batch_size']).toBe(HYPERPARAMETERS['training.batch_size']!.default);
  });

  test.each([
    [{ 'training.epoch': 5 }, /"training\.epoch".*the test/],
    [{ 'training.epochs': -1 }, /"training\.epochs" is -1 .*0 to 10000/],
    [{ 'training.epochs': '5.5' }, /"training\.epochs" is "5\.5"/],
    [{ 'training.epochs': '' }, /"training\.epochs" is ""/],
    [{ 'training.epochs': 'many' }, /"training\.epochs" is "many"/],
    [{ 'training.epochs': null }, /is null/],
    [{ 'training.algorithm': 'forest' }, /is "forest" .*network.*trees/],
    [{ 'training.class_weights': 1 }, /is 1 .*none.*balanced/],
    [{ 'training.learning_rate': 'NaN' }, /is "NaN".*1e-7 to 1/],
    [{ 'training.learning_rate': 2 }, /is 2 .*1e-7 to 1/],
    [{ constructor: 1 }, /"constructor"/],
  ])('%j is refused with name, value and limits', (values, message) => {
    expect(() => resolve(values)).toThrow(message);
    expect(() => resolve(values)).toThrow(expect.objectContaining({ name: 'InvalidRunInput' }) as Error);
  });

  test('a training job gets its own values without prefix, as text', () => {
    const own = hyperparametersFor('training', resolve({ 'training.learning_rate': 0.5 }));
    expect(own.learning_rate).toBe('0.5');
    expect(own).not.toHaveProperty('max_bad_row_fraction');
    expect(Object.values(own).every((value) => typeof value === 'string')).toBe(true);
  });

  test('defaults are within their own limits', () => {
    for (const [name, { default: value }] of Object.entries(HYPERPARAMETERS)) {
      expect(() => resolve({ [name]: value })).not.toThrow();
    }
  });

  test('a name is a path in SSM', () => {
    expect(hyperparameterKey('/mlops/table/dev/hyperparameters', 'training.batch_size')).toBe(
      '/mlops/table/dev/hyperparameters/training/batch_size',
    );
  });
});
