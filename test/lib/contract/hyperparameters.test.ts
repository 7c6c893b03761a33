import { table } from '../../../lib';
import {
  hyperparameterKey,
  hyperparametersFor,
  resolveHyperparameters,
  type HyperparameterDefinitions,
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

describe('texts and choices', () => {
  const definitions: HyperparameterDefinitions = {
    'training.note': { kind: 'text', default: 'none', description: 'x' },
    'training.solver': { kind: 'choice', choices: ['sgd', 'adam w'], default: 'sgd', description: 'x' },
  };
  const resolved = (values: Record<string, unknown>) =>
    resolveHyperparameters(definitions, [{ source: 'the test', values }]);

  test.each<[Record<string, unknown>, Record<string, unknown>]>([
    [{}, { 'training.note': 'none', 'training.solver': 'sgd' }],
    // SSM and the command line give text, perhaps with a line's end.
    [{ 'training.solver': ' adam w\n' }, { 'training.solver': 'adam w' }],
    [{ 'training.note': ' a b ' }, { 'training.note': 'a b' }],
    [{ 'training.note': '7' }, { 'training.note': '7' }],
    [{ 'training.note': '' }, { 'training.note': '' }],
    [{ 'training.note': 'x'.repeat(2_500) }, { 'training.note': 'x'.repeat(2_500) }],
  ])('%j', (values, expected) => {
    expect(resolved(values)).toMatchObject(expected);
  });

  test.each<[Record<string, unknown>, string]>([
    [{ 'training.solver': 'SGD' }, '"training.solver" is "SGD" (from the test); must be sgd or adam w'],
    [{ 'training.solver': 0 }, '"training.solver" is 0 (from the test); must be sgd or adam w'],
    [{ 'training.note': 7 }, '"training.note" is 7 (from the test); must be text of at most 2500 characters'],
    [{ 'training.note': null }, '"training.note" is null'],
    [{ 'training.note': 'x'.repeat(2_501) }, 'must be text of at most 2500 characters'],
  ])('%j is refused', (values, message) => {
    expect(() => resolved(values)).toThrow(message);
  });

  test('a job gets them as they are', () => {
    expect(hyperparametersFor('training', resolved({ 'training.note': 'a, b' }))).toEqual({
      note: 'a, b',
      solver: 'sgd',
    });
  });

  test('a model without hyperparameters knows none', () => {
    expect(() => resolveHyperparameters({}, [{ source: 'the input', values: { a: 1 } }])).toThrow(
      'hyperparameter "a" (from the input) is unknown; known are none',
    );
  });
});
