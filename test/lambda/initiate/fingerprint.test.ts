import { fingerprint, type RunIngredients } from '../../../lambda/initiate/fingerprint';
import { table } from '../../../lib';
import { resolveHyperparameters } from '../../../lib/contract/hyperparameters';

const object = (key: string, size = 10, versionId = 'v1') => ({ key, size, versionId });

describe('fingerprint', () => {
  const base: RunIngredients = {
    data: [object('a'), object('b')],
    schema: '{}',
    images: { training: '1', inference: '2' },
    hyperparameters: resolveHyperparameters(table.hyperparameters, []),
  };

  test('is the same for the same ingredients in another order', () => {
    const images = { inference: '2', training: '1' };
    expect(fingerprint({ ...base, data: [...base.data].reverse(), images })).toBe(fingerprint(base));
  });

  test.each<[string, Partial<RunIngredients>]>([
    ['a new version of an object', { data: [object('a', 10, 'v2'), object('b')] }],
    ['an object more', { data: [...base.data, object('c')] }],
    ['another schema', { schema: '{"label":"x"}' }],
    ['a changed image', { images: { training: '9', inference: '2' } }],
    ['another hyperparameter', { hyperparameters: { ...base.hyperparameters, 'training.epochs': 1 } }],
  ])('changes with %s', (_, change) => {
    expect(fingerprint({ ...base, ...change })).not.toBe(fingerprint(base));
  });
});
